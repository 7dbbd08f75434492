import type { Span } from './finding.ts'
import { within } from './header-secrets.ts'

/** Sticky, and the classes on both sides of each dot exclude it: there is one way to match. */
const JWT = /eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,3}/y
const BASE64URL_RUN = /[A-Za-z0-9_-]*/y
const BEARER = /bearer[\s:=]{1,4}/gi
const CREDENTIAL = /[A-Za-z0-9._~+/=-]{8,}/y
const SURELY_NO_WORD = /[0-9]|.{16}/

/**
 * JSON Web Tokens (RFC 7519). After a miss the whole run is skipped, for every later `eyJ` in it ends at the same
 * character and misses too; otherwise `eyJeyJeyJ…` would take quadratic time.
 */
export function findJsonWebTokens(text: string): Span[] {
  const spans: Span[] = []
  let from = text.indexOf('eyJ')
  while (from !== -1) {
    JWT.lastIndex = from
    const hit = JWT.test(text)
    BASE64URL_RUN.lastIndex = from
    BASE64URL_RUN.test(text)
    const end = hit ? JWT.lastIndex : BASE64URL_RUN.lastIndex
    if (hit) spans.push({ start: from, end, kind: 'jwt' })
    from = text.indexOf('eyJ', end)
  }
  return spans
}

/** What follows the word `bearer` (RFC 6750 section 2.1), if it cannot be an ordinary word. */
export function findBearerTokens(text: string): Span[] {
  const spans: Span[] = []
  for (const found of text.matchAll(BEARER)) {
    const start = found.index + found[0].length
    CREDENTIAL.lastIndex = start
    const token = CREDENTIAL.exec(text)?.[0]
    if (token === undefined || !SURELY_NO_WORD.test(token)) continue
    spans.push(...within(text, start, start + token.length, 'bearer_token'))
  }
  return spans
}
