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

type Words = string | readonly string[]

/** `ghp_` and 36 letters and digits. */
export function at(
  kind: string,
  starts: Words,
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const keywords = listOf(starts)
  const first = keywords.every((start) => /^[A-Za-z0-9]/.test(start)) ? '(?<![A-Za-z0-9+])' : ''
  const pattern = new RegExp(`${first}${anyOf(keywords)}${body}`, 'y')
  return { kind, where: 'at', keywords, pattern, longest: longestOf(body), severity, source }
}

/** The keyword stands inside, between `before` and `body`: `abc8Q~…`. */
export function around(
  kind: string,
  words: Words,
  before: string,
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const keywords = listOf(words)
  // What stands before is the first group: it is read backwards from the keyword.
  const pattern = new RegExp(`(?<=(${before}))${anyOf(keywords)}${body}`, 'y')
  return { kind, where: 'around', keywords, pattern, longest: longestOf(before + body), severity, source }
}

/** `body` is a class and a length such as `[a-f0-9]{32}`; no more of the class may stand beside it. */
export function after(
  kind: string,
  words: Words,
  body: string,
  source: string,
  severity: Severity = 'high',
): SecretKind {
  const pattern = new RegExp(`(?<![A-Za-z0-9_./+-])${body}(?![A-Za-z0-9_/+-])`, 'g')
  return {
    kind,
    where: 'after',
    keywords: listOf(words),
    pattern,
    longest: longestOf(body),
    severity,
    source,
  }
}

function listOf(words: Words): readonly string[] {
  return typeof words === 'string' ? [words] : words
}

function anyOf(keywords: readonly string[]): string {
  return `(?:${keywords.map(escaped).join('|')})`
}

/** Not less than what a pattern without nested quantifiers can match. */
function longestOf(pattern: string): number {
  const repeated = [...pattern.matchAll(/\{(?:\d+,)?(\d+)\}/g)].map(([, most]) => Number(most))
  return pattern.length + repeated.reduce((sum, most) => sum + most, 0)
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
