import { findAssignedSecrets } from './assigned-secrets.ts'
import { findBearerTokens, findJsonWebTokens } from './bearer-secrets.ts'
import type { Span } from './finding.ts'
import { findPrefixedSecrets } from './prefixed-secrets.ts'
import { findPrivateKeys } from './private-key.ts'
import { findUrlPasswords } from './url-passwords.ts'

const SHORTEST = 8

/** Every known secret in a text, in order and without overlap. Takes time in proportion to the text. */
export function findSecrets(text: string): readonly Span[] {
  if (text.length < SHORTEST) return NONE
  const spans = findPrefixedSecrets(text)
  if (text.includes('-----BEGIN ')) spans.push(...findPrivateKeys(text))
  if (text.includes('eyJ')) spans.push(...findJsonWebTokens(text))
  if (text.includes('://')) spans.push(...findUrlPasswords(text))
  if (text.includes(' ') || text.includes(':') || text.includes('=')) {
    spans.push(...findBearerTokens(text), ...findAssignedSecrets(text))
  }
  return spans.length > 1 ? merged(spans) : spans
}

const NONE: readonly Span[] = []

/** With `more` beside what the text itself gives away. */
export function findSecretsBeside(text: string, more: readonly Span[]): readonly Span[] {
  const found = findSecrets(text)
  return more.length === 0 ? found : merged([...found, ...more])
}

/** Overlapping spans become one, so that no remainder of a secret shows between two markers. */
function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1)
    if (last === undefined || span.start >= last.end) result.push(span)
    else if (span.end > last.end) result[result.length - 1] = { ...last, end: span.end }
  }
  return result
}
