import { NotStrictJson } from './errors.ts'
import { DEFAULT_LIMITS, type JsonLimits } from './json-limits.ts'
import type { JsonValue } from './json-value.ts'
import { JsonTooLarge } from './limit-errors.ts'
import { Scanner } from './scanner.ts'

export interface DecodedJson {
  readonly value: JsonValue
  /** The same value as text: no whitespace, minimal escapes, number lexemes and key order unchanged. */
  readonly canonical: string
  /** Set where a number in `value` is not written as in `canonical`: `exactValue` reads such a text. */
  readonly rounded?: true
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const MARK = [0xef, 0xbb, 0xbf] as const

/** The same without a byte order mark at its beginning: some writers of answers put one there, and it says nothing. */
export function withoutMark(source: Uint8Array): Uint8Array {
  return MARK.every((byte, at) => source[at] === byte) ? source.subarray(MARK.length) : source
}

/**
 * Reads JSON that every parser reads alike, from bytes or from text decoded from UTF-8 without replacement.
 * Throws NotStrictJson or the error of a limit, nothing else.
 */
export function decodeJson(source: Uint8Array | string, limits: JsonLimits = {}): DecodedJson {
  const all = { ...DEFAULT_LIMITS, ...limits }
  const text = textOf(source, all.maxBytes)
  const scanner = new Scanner(text, all)
  const canonical = scanner.scan()
  const value = JSON.parse(canonical)
  return scanner.rounds ? { value, canonical, rounded: true } : { value, canonical }
}

/** The same in steps, between which somebody else may have a turn: for texts of megabytes. */
export function* decodeJsonSteps(
  source: Uint8Array | string,
  limits: JsonLimits = {},
): Generator<void, DecodedJson> {
  const all = { ...DEFAULT_LIMITS, ...limits }
  const text = textOf(source, all.maxBytes)
  yield
  const scanner = new Scanner(text, all)
  // What short texts share would be another's by the next turn.
  if (scanner.ownsUnits) yield
  const canonical = yield* scanner.scanSteps()
  yield
  const value = JSON.parse(canonical)
  yield
  return scanner.rounds ? { value, canonical, rounded: true } : { value, canonical }
}

/** The text as it was sent. Throws JsonTooLarge, or NotStrictJson where it is not UTF-8. */
export function textOf(source: Uint8Array | string, maxBytes: number): string {
  return typeof source === 'string' ? checkText(source, maxBytes) : decodeUtf8(source, maxBytes)
}

function decodeUtf8(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.byteLength > maxBytes) throw new JsonTooLarge(maxBytes)
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new NotStrictJson('utf8', '', { cause })
  }
}

function checkText(text: string, maxBytes: number): string {
  // A UTF-16 unit takes one byte of UTF-8 at least and three at most: only between the two is counting needed.
  if (text.length > maxBytes || (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes)) {
    throw new JsonTooLarge(maxBytes)
  }
  if (!text.isWellFormed()) throw new NotStrictJson('utf8', '')
  return text
}
