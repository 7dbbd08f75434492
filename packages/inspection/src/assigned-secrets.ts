import type { Span } from './finding.ts'

/**
 * A secret-looking name and a separator: `password=`, `"api_key": `, `SECRET_KEY_BASE: `, `Cookie: `. Every quantifier
 * is bounded and no two neighbours share a character, so a miss costs at most some forty steps.
 */
const NAME =
  /(password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|cookie)(?:[_-][a-z0-9]{1,16}){0,2}[\\"']{0,3}\s{0,4}[=:]\s{0,4}/gi
const FLAG = /--(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key)\s{1,4}/gi
const OPENING = /\\{0,3}(["'`])/y
const BARE = /[^\s"'`,;&<>\\]+/y
const LINE = /[^\r\n"'`]+/y
const SCHEME = /(?:basic|bearer|token|digest)\s{1,4}/iy
const DIGITS = /^\d+$/
const SHORTEST_BARE = 4
const LONGEST_QUOTED = 4096

/** Values given to secret-looking names inside a text: command lines, headers, environment files, JSON in a string. */
export function findAssignedSecrets(text: string): Span[] {
  return [...findAll(text, NAME), ...findAll(text, FLAG)]
}

/** Linear: the search goes on after the value that was found. */
function findAll(text: string, name: RegExp): Span[] {
  const spans: Span[] = []
  name.lastIndex = 0
  for (let found = name.exec(text); found !== null; found = name.exec(text)) {
    const span = valueAt(text, name.lastIndex, found)
    if (span === undefined) continue
    spans.push(span)
    name.lastIndex = span.end
  }
  return spans
}

function valueAt(text: string, at: number, found: RegExpExecArray): Span | undefined {
  const opened = after(OPENING, text, at)
  const closed = opened === at ? -1 : closingQuote(text, opened)
  if (closed > opened) return assigned(text, opened, closed)

  const word = found[1]?.toLowerCase()
  const isHeader = (word === 'authorization' || word === 'cookie') && found[0].includes(':')
  const start = isHeader ? opened : after(SCHEME, text, opened)
  const end = after(isHeader ? LINE : BARE, text, start)
  if (end - start < SHORTEST_BARE) return undefined
  if (word === 'token' && DIGITS.test(text.slice(start, end))) return undefined
  return assigned(text, start, end)
}

/** Where the quote that opened just before `start` closes, or -1. */
function closingQuote(text: string, start: number): number {
  const length = text.slice(start, start + LONGEST_QUOTED).indexOf(text.charAt(start - 1))
  return length === -1 ? -1 : start + length
}

function assigned(text: string, start: number, end: number): Span | undefined {
  return text.startsWith('[redacted:', start) ? undefined : { start, end, kind: 'assigned_secret' }
}

function after(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : at
}
