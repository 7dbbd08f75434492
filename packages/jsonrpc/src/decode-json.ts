import { JsonTooLarge, NotStrictJson } from './errors.ts'
import type { JsonValue } from './json-value.ts'
import { Scanner } from './scanner.ts'

export interface JsonLimits {
  /** Largest text, in bytes of UTF-8. Default 4 MiB. */
  readonly maxBytes?: number
  /** Deepest nesting of arrays and objects. Default 64. */
  readonly maxDepth?: number
}

export interface DecodedJson {
  readonly value: JsonValue
  /** The same value as text: no whitespace, minimal escapes, number lexemes and key order unchanged. */
  readonly canonical: string
}

const DEFAULT_MAX_BYTES = 4 * 1024 * 1024
const DEFAULT_MAX_DEPTH = 64

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads JSON that every parser reads alike, from bytes or from text decoded from UTF-8 without replacement.
 * Throws NotStrictJson or JsonTooLarge, nothing else.
 */
export function decodeJson(source: Uint8Array | string, limits: JsonLimits = {}): DecodedJson {
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES
  const text = typeof source === 'string' ? checkText(source, maxBytes) : decodeUtf8(source, maxBytes)
  const canonical = new Scanner(text, limits.maxDepth ?? DEFAULT_MAX_DEPTH).scan()
  return { value: JSON.parse(canonical), canonical }
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
