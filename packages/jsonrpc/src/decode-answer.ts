import { atOnce } from './at-once.ts'
import { decodeJson, decodeJsonSteps, textOf, withoutMark } from './decode-json.ts'
import { type DecodeOptions, decodeMessage, messageIn } from './decode-message.ts'
import { NotJsonRpc } from './errors.ts'
import { DEFAULT_LIMITS, type JsonLimits } from './json-limits.ts'
import { isJsonObject, type JsonValue } from './json-value.ts'
import { JsonTooLarge, JsonTooManyMembers } from './limit-errors.ts'
import type { Batch, Message } from './message.ts'
import { rawList } from './raw-list.ts'
import { refusalOf } from './refusal.ts'
import { LISTS, type RefusedEntry } from './refused-entry.ts'
import { replaceMember } from './replace-member.ts'

/**
 * Reads a message of a server's as strictly as decodeMessage, and refuses as little of it as can be: of a list the entries that
 * cannot be read without doubt (`refused`). A mark at the beginning, a `null` in the place of the error beside a result, or of
 * the result beside an error, say nothing and are left out. Throws what decodeMessage throws.
 */
export function decodeAnswer(
  source: Uint8Array | string,
  options?: DecodeOptions & { readonly allowBatch?: false },
): Message
export function decodeAnswer(source: Uint8Array | string, options: DecodeOptions): Message | Batch
export function decodeAnswer(source: Uint8Array | string, options: DecodeOptions = {}): Message | Batch {
  const all = { ...options, prototypeKeys: true }
  const unmarked = unmarkedOf(source)
  try {
    return decodeMessage(unmarked, all)
  } catch (cause) {
    return mendedAnswer(unmarked, all, cause)
  }
}

/** The same in steps, between which somebody else may have a turn: for a message of megabytes, and never for a batch. */
export function* decodeAnswerSteps(
  source: Uint8Array | string,
  options: DecodeOptions = {},
): Generator<void, Message> {
  const all = { ...options, prototypeKeys: true, allowBatch: false } as const
  const unmarked = unmarkedOf(source)
  try {
    return messageIn(yield* decodeJsonSteps(unmarked, all), all) as Message
  } catch (cause) {
    const withoutNull = mendedMember(all, cause)
    if (withoutNull !== undefined) return withoutNull as Message
    yield
    return (isOfOnePlace(cause) ? yield* withoutBadEntries(unmarked, all) : undefined) ?? fail(cause)
  }
}

function unmarkedOf(source: Uint8Array | string): Uint8Array | string {
  return typeof source === 'string' ? source.replace(/^\uFEFF/, '') : withoutMark(source)
}

/** What is left of a message that was refused; throws the cause where nothing is. */
function mendedAnswer(source: Uint8Array | string, options: DecodeOptions, cause: unknown): Message | Batch {
  const mended = mendedMember(options, cause)
  if (mended !== undefined) return mended
  const isLong = source.length > LONGEST_AT_ONCE
  return (
    (isOfOnePlace(cause) && !isLong ? atOnce(withoutBadEntries(source, options)) : undefined) ?? fail(cause)
  )
}

function fail(cause: unknown): never {
  throw cause
}

/** Finding the odd entry takes a second look at all of a list: a longer one is mended in steps, or refused whole. */
const LONGEST_AT_ONCE = 1024 * 1024

/** Whether an entry that is left out could take what is wrong with it. */
function isOfOnePlace(cause: unknown): boolean {
  return !(cause instanceof JsonTooLarge || cause instanceof JsonTooManyMembers)
}

/** The message without the null beside what was meant; undefined where that is not what was wrong. */
function mendedMember(options: DecodeOptions, cause: unknown): Message | Batch | undefined {
  const mended = cause instanceof NotJsonRpc ? withoutNull(cause) : undefined
  return mended === undefined ? undefined : decodeMessage(mended, options)
}

/** The text without the null beside what was meant; undefined where that is not what was wrong. */
function withoutNull({ rule, value, canonical }: NotJsonRpc): string | undefined {
  if (rule !== 'mixed' || !isJsonObject(value) || !('result' in value) || !('error' in value))
    return undefined
  if (value['error'] === null) return replaceMember(canonical, ['error'], undefined)
  return value['result'] === null ? replaceMember(canonical, ['result'], undefined) : undefined
}

/** Undefined where it is no list, or where more is wrong with it than its entries. */
function* withoutBadEntries(
  source: Uint8Array | string,
  options: DecodeOptions,
): Generator<void, Message | undefined> {
  const limits = { ...DEFAULT_LIMITS, ...options }
  try {
    const refused: RefusedEntry[] = []
    let text = textOf(source, limits.maxBytes)
    for (const list of LISTS) {
      yield
      text = yield* mendedList(text, list, limits, refused)
    }
    if (refused.length === 0) return undefined
    const message = messageIn(yield* decodeJsonSteps(text, limits), options)
    return message.kind === 'response' && 'result' in message ? { ...message, refused } : undefined
  } catch {
    return undefined
  }
}

/** Reading more units than these takes so long that others have their turns in between. */
const LONG = 64 * 1024

/** Each entry is read strictly by itself. */
function* mendedList(
  text: string,
  list: RefusedEntry['list'],
  limits: JsonLimits,
  refused: RefusedEntry[],
): Generator<void, string> {
  const found = rawList(text, ['result', list])
  if (found === undefined) return text
  const kept: string[] = []
  let since = 0
  for (const [index, entry] of found.entries.entries()) {
    since += entry.length
    if (since > LONG) {
      yield
      since = 0
    }
    try {
      kept.push(
        (entry.length > LONG ? yield* decodeJsonSteps(entry, limits) : decodeJson(entry, limits)).canonical,
      )
    } catch (cause) {
      const refusal = refusalOf(cause, `/result/${list}/${index}`)
      if (refusal === undefined) throw cause
      const inside = refusalOf(cause)?.place ?? ''
      refused.push({ ...refusal, list, index, inside, value: parsed(entry) })
    }
  }
  return `${text.slice(0, found.start)}${kept.join(',')}${text.slice(found.end)}`
}

/** One that is too long to be read at once is known by its place alone. */
function parsed(entry: string): JsonValue {
  if (entry.length > LONGEST_AT_ONCE) return null
  try {
    return JSON.parse(entry)
  } catch {
    return null
  }
}
