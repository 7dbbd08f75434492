import type { Severity } from '../finding.ts'

/**
 * One kind of secret, as its issuer writes it. `where` says how its keywords, which are found in one pass over the text
 * regardless of case, lead to it:
 * - `at`: it begins with one of them,
 * - `around`: one of them stands inside,
 * - `after`: it stands at most `REACH` characters after one of them, which says whose it is.
 */
export interface SecretKind {
  readonly kind: string
  readonly where: 'at' | 'around' | 'after'
  readonly keywords: readonly string[]
  /** Matches the secret, from the keyword on where that stands in it. Every quantifier is bounded. */
  readonly pattern: RegExp
  /** No secret of this kind is longer, in UTF-16 units. */
  readonly longest: number
  readonly severity: Severity
  /** The domain of the pages that document the format. */
  readonly source: string
}

/** Characters that a body of a token is made of. */
export const ALNUM = 'A-Za-z0-9'
export const HEX = 'a-f0-9'
export const URLSAFE = 'A-Za-z0-9_\\-'
export const BASE64 = 'A-Za-z0-9+/'
export const UUID = '[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}'

/** `ghp_` and 36 letters and digits. */
export function at(
  kind: string,
  starts: string | readonly string[],
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const keywords = typeof starts === 'string' ? [starts] : starts
  const literal = keywords.map(escaped).join('|')
  const first = keywords.every((start) => /^[A-Za-z0-9]/.test(start)) ? '(?<![A-Za-z0-9+])' : ''
  return {
    kind,
    where: 'at',
    keywords,
    pattern: new RegExp(`${first}(?:${literal})${body}`, 'y'),

    longest: longestOf(body),
    severity,
    source,
  }
}

/** The keyword stands inside, between `before` and `body`: `abc8Q~…`. */
export function around(
  kind: string,
  keywords: string | readonly string[],
  before: string,
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const words = typeof keywords === 'string' ? [keywords] : keywords
  // What stands before is the first group: it is read backwards from the keyword.
  const pattern = new RegExp(`(?<=(${before}))(?:${words.map(escaped).join('|')})${body}`, 'y')
  return {
    kind,
    where: 'around',
    keywords: words,
    pattern,
    longest: longestOf(before + body),
    severity,
    source,
  }
}

/** `body` is a class and a length such as `[a-f0-9]{32}`; no more of the class may stand beside it. */
export function after(
  kind: string,
  keywords: string | readonly string[],
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const words = typeof keywords === 'string' ? [keywords] : keywords
  const pattern = new RegExp(`(?<![A-Za-z0-9_./+-])${body}(?![A-Za-z0-9_/+-])`, 'g')
  return {
    kind,
    where: 'after',
    keywords: words,
    pattern,

    longest: longestOf(body),
    severity,
    source,
  }
}

/** Not less than what a pattern without nested quantifiers can match. */
function longestOf(pattern: string): number {
  const repeated = [...pattern.matchAll(/\{(?:\d+,)?(\d+)\}/g)].map(([, most]) => Number(most))
  return pattern.length + repeated.reduce((sum, most) => sum + most, 0)
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
