import type { Finder } from './finder.ts'
import { after } from './finder.ts'
import { within } from './header-secrets.ts'

/** Sticky, and the classes on both sides of each dot exclude it: there is one way to match. */
const JWT = /eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,3}/y
const BASE64URL_RUN = /[A-Za-z0-9_-]*/y
const SEPARATOR = /[\s:=]{1,4}/y
const CREDENTIAL = /[A-Za-z0-9._~+/=-]{8,}/y
const SURELY_NO_WORD = /[0-9]|.{16}/

/**
 * JSON Web Tokens (RFC 7519). After a miss the whole run is done, for every later `eyJ` in it ends at the same
 * character and misses too; otherwise `eyJeyJeyJ…` would take quadratic time.
 */
export const JSON_WEB_TOKENS: Finder = {
  keywords: ['eyJ'],
  find(text, start) {
    const end = after(JWT, text, start)
    if (end > start) return { spans: [{ start, end, kind: 'jwt', severity: 'high' }], end }
    return { spans: [], end: after(BASE64URL_RUN, text, start) }
  },
}

/** What follows the word `bearer` (RFC 6750 section 2.1), if it cannot be an ordinary word. */
export const BEARER_TOKENS: Finder = {
  keywords: ['bearer'],
  find(text, _, end) {
    const start = after(SEPARATOR, text, end)
    if (start === end) return undefined
    const to = after(CREDENTIAL, text, start)
    if (to === start || !SURELY_NO_WORD.test(text.slice(start, to))) return undefined
    return { spans: within(text, start, to, 'bearer_token'), end: to }
  },
}
