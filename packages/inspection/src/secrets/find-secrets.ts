import type { Span } from '../finding.ts'
import { KeywordSearch } from '../keyword-search.ts'
import { ASSIGNED_SECRETS } from './assigned-secrets.ts'
import { BEARER_TOKENS, JSON_WEB_TOKENS } from './bearer-secrets.ts'
import { COMMAND_SECRETS } from './command-secrets.ts'
import type { Finder } from './finder.ts'
import { KNOWN_SECRETS } from './known-secrets.ts'
import { PRIVATE_KEYS } from './private-key.ts'
import { URL_PASSWORDS } from './url-passwords.ts'

const SHORTEST = 8
const NONE: readonly Span[] = []

const SEARCH = new KeywordSearch<Finder>([
  ...[...KNOWN_SECRETS, PRIVATE_KEYS, JSON_WEB_TOKENS, URL_PASSWORDS],
  ...[BEARER_TOKENS, ...ASSIGNED_SECRETS, ...COMMAND_SECRETS],
])

/**
 * Every known secret in a text, in order and without overlap. One pass finds the keywords of all kinds, and each of
 * them costs a bounded look at its neighbourhood: the time is in proportion to the text.
 */
export function findSecrets(text: string): readonly Span[] {
  if (text.length < SHORTEST) return NONE
  const spans: Span[] = []
  SEARCH.run(text, (finder, start, end) => {
    const found = finder.find(text, start, end)
    if (found !== undefined) spans.push(...found.spans)
    return found?.end
  })
  return spans.length > 1 ? merged(spans) : spans
}

/** With `more` beside what the text itself gives away. */
export function findSecretsBeside(text: string, more: readonly Span[]): readonly Span[] {
  const found = findSecrets(text)
  return more.length === 0 ? found : merged([...more, ...found])
}

/** Overlapping spans become one, so that no remainder of a secret shows between two markers. */
function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = []
  // Of two that begin together the later one was found by the longer keyword: `sk-ant-` and not `sk-`.
  for (const span of spans.toReversed().sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1)
    if (last === undefined || span.start >= last.end) result.push(span)
    else result[result.length - 1] = joined(last, span)
  }
  return result
}

function joined(last: Span, span: Span): Span {
  // What is surely a secret names it, and not what is only said to be one.
  const isSurer = last.severity === 'low' && span.severity !== 'low'
  const { kind, severity } = isSurer ? span : last
  return { start: last.start, end: Math.max(last.end, span.end), kind, severity }
}
