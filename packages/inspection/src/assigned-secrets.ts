import type { Secrets, Span } from './finding.ts'
import { authorizationSecrets, cookieSecrets, within } from './header-secrets.ts'

const KIND = 'assigned_secret'

/**
 * A secret-looking name and a separator: `password=`, `"api_key": `, `SECRET_KEY_BASE: `, `Cookie: `. Every quantifier
 * is bounded and no two neighbours share a character, so a miss costs at most some forty steps.
 */
const NAME =
  /(password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|authorization|cookie)(?:[_-][a-z0-9]{1,16}){0,2}[\\"']{0,3}\s{0,4}[=:]\s{0,4}/gi
const FLAG = /--(?:[a-z]{1,20}-){0,3}(?:password|passwd|passphrase|secret|token|api-?key)\s{1,4}/gi
/** Without the backtick: what stands between two of them is run by a shell. */
const OPENING = /\\{0,3}(["'])/y
const BARE = /[^\s"'`,;&<>\\]+/y
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
    const value = valueAt(text, name.lastIndex, found)
    if (value === undefined) continue
    spans.push(...value.spans)
    name.lastIndex = value.end
  }
  return spans
}

/** The secrets in the value that stands at `at`, and where it ends. */
function valueAt(text: string, at: number, found: RegExpExecArray): Secrets | undefined {
  const opened = after(OPENING, text, at)
  const closed = opened === at ? -1 : closingQuote(text, opened)
  if (closed > opened) return assigned(text, opened, text[at] === '\\' ? unescaped(text, closed) : closed)

  const word = found[1]?.toLowerCase()
  if ((word === 'authorization' || word === 'cookie') && found[0].includes(':')) {
    if (text.startsWith('[redacted:', opened)) return undefined
    const header = (word === 'cookie' ? cookieSecrets : authorizationSecrets)(text, opened, KIND)
    return header.end > opened ? header : undefined
  }
  const start = after(SCHEME, text, opened)
  const end = after(BARE, text, start)
  if (end - start < SHORTEST_BARE) return undefined
  if (word === 'token' && DIGITS.test(text.slice(start, end))) return undefined
  return assigned(text, start, end)
}

/** Where the quote that opened just before `start` closes, or -1. */
function closingQuote(text: string, start: number): number {
  const length = text.slice(start, start + LONGEST_QUOTED).indexOf(text.charAt(start - 1))
  return length === -1 ? -1 : start + length
}

/** Before the backslashes with which a closing quote is escaped, as its opening one is. */
function unescaped(text: string, quote: number): number {
  let end = quote
  while (text[end - 1] === '\\') end--
  return end
}

function assigned(text: string, start: number, end: number): Secrets | undefined {
  if (text.startsWith('[redacted:', start)) return undefined
  return { spans: within(text, start, end, KIND), end }
}

function after(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : at
}
