import { SallyportError } from '@sallyport/runtime'

/** An action pattern that is empty, too long, or could never match an action. */
export class PatternInvalid extends SallyportError {
  readonly reason: string

  constructor(reason: string) {
    super('SP_PATTERN_INVALID', 'invalid', `the action pattern ${reason}`)
    this.reason = reason
  }
}

/** A checked pattern. `literals` counts its characters that are not `*`. */
export interface Pattern {
  readonly source: string
  readonly exact: boolean
  readonly literals: number
  readonly head: string
  readonly tail: string
  readonly middle: readonly string[]
}

/** How narrow a pattern is: an exact one before any wildcard, then the one with more literal characters. */
export interface Specificity {
  readonly exact: boolean
  readonly literals: number
}

export const MAX_PATTERN_LENGTH = 256

const ALLOWED = /^[A-Za-z0-9_.%*$-]+$/
const START = /^(?:\*|[a-z][a-z0-9_-]*\.)/
const BAD_ESCAPE = /%(?![0-9A-F]{2}|\*)/

/**
 * Reads a pattern such as `mcp.tools.delete_*`; `*` stands for any run of characters, also none. Throws
 * PatternInvalid. A pattern that could match nothing is refused. Otherwise a deny with a typing error would look as
 * if it were in force.
 */
export function compilePattern(source: string): Pattern {
  if (source.length === 0) throw new PatternInvalid('is empty')
  if (source.length > MAX_PATTERN_LENGTH)
    throw new PatternInvalid(`has over ${MAX_PATTERN_LENGTH} characters`)
  if (!ALLOWED.test(source)) throw new PatternInvalid('has a character outside A-Z a-z 0-9 _ . % * $ -')
  if (!START.test(source))
    throw new PatternInvalid('starts neither with a connector such as "mcp." nor with *')
  if (BAD_ESCAPE.test(source)) throw new PatternInvalid('has a % without two upper-case hexadecimal digits')

  return parsePattern(source)
}

/** A pattern of which every part was checked before. */
export function parsePattern(source: string): Pattern {
  const parts = source.split('*')
  return {
    source,
    exact: parts.length === 1,
    literals: source.length - (parts.length - 1),
    head: parts[0] ?? '',
    tail: parts.at(-1) ?? '',
    middle: parts.slice(1, -1).filter((part) => part !== ''),
  }
}

/**
 * Whether the whole name matches. The leftmost place for each literal part is always a best one when `*` is the
 * only wildcard, so nothing is ever tried twice: no pattern is slow on a hostile name.
 */
export function matches(pattern: Pattern, name: string): boolean {
  if (pattern.exact) return name === pattern.source
  if (name.length < pattern.literals) return false
  if (!name.startsWith(pattern.head) || !name.endsWith(pattern.tail)) return false
  const end = name.length - pattern.tail.length
  let from = pattern.head.length
  for (const part of pattern.middle) {
    const found = name.indexOf(part, from)
    if (found === -1) return false
    from = found + part.length
  }
  return from <= end
}

export function specificity(pattern: Pattern): Specificity {
  return { exact: pattern.exact, literals: pattern.literals }
}

/** Sorts the more specific first; 0 when neither is. */
export function bySpecificity(a: Specificity, b: Specificity): number {
  if (a.exact !== b.exact) return a.exact ? -1 : 1
  return b.literals - a.literals
}
