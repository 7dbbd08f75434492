import { NotStrictJson } from './errors.ts'

/** A string of JSON too long to be rewritten in one turn. */
export interface LongString {
  /** Where its opening quote stands, and the end behind its closing one. */
  readonly start: number
  readonly end: number
  /** Positions before an escape that belongs to no pair with what stands before it. */
  readonly cuts: readonly number[]
  /** Its JSON pointer, for an error. */
  readonly place: string
}

/** What a token, its quotes included, says; undefined where an escape in it is none. */
export function stringIn(token: string): string | undefined {
  try {
    return String(JSON.parse(token))
  } catch {
    // No cause: V8's message quotes the text.
    return undefined
  }
}

/**
 * The token of a string with its quotes, escaped only where it must be; undefined for half a surrogate pair, which only an
 * escape can have made: the text around it was well-formed.
 */
export function canonicalString(value: string): string | undefined {
  return value.isWellFormed() ? JSON.stringify(value) : undefined
}

/** Pieces of a long string as they stand in the text and as canonical text has them, without quotes. Throws NotStrictJson. */
export function* rewrittenPieces(
  text: string,
  { start, end, cuts, place }: LongString,
): Generator<{ readonly from: number; readonly to: number; readonly by: string }> {
  let from = start + 1
  for (const to of [...cuts, end - 1]) {
    const value = stringIn(`"${text.slice(from, to)}"`)
    if (value === undefined) throw new NotStrictJson('invalid-escape', place)
    const canonical = canonicalString(value)
    if (canonical === undefined) throw new NotStrictJson('lone-surrogate', place)
    yield { from, to, by: canonical.slice(1, -1) }
    from = to
  }
}
