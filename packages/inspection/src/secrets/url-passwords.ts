import type { Span } from '../finding.ts'
import type { Finder } from './finder.ts'
import { within } from './header-secrets.ts'

const AUTHORITY = /[^\s/?#"'<>]*/y
const PORT = /^\d{0,5}$/
/** Sticky and bounded: looks at most 256 characters past a `://`. */
const LATE_AT = /[^\s"'<>@]{0,256}@/y
const LONG_USER = 20

/**
 * The password in `scheme://user:password@host` (RFC 3986 section 3.2.1), or a token standing alone before the `@`.
 * Passwords with a bare `/`, `?` or `#` are malformed and nevertheless common in connection strings.
 */
export const URL_PASSWORDS: Finder = {
  keywords: ['://'],
  find(text, _, end) {
    const found = inAuthority(text, end)
    if (found === undefined) return undefined
    return { spans: within(text, found.start, found.end, found.kind), end: found.end }
  },
}

function inAuthority(text: string, start: number): Stretch | undefined {
  AUTHORITY.lastIndex = start
  const authority = AUTHORITY.exec(text)?.[0] ?? ''
  const colon = authority.indexOf(':')
  const at = authority.lastIndexOf('@')
  if (at > -1 && colon > -1 && colon < at)
    return at - colon > 1 ? span(start + colon + 1, start + at) : undefined
  if (at >= LONG_USER) return span(start, start + at)
  if (at > -1 || colon === -1 || PORT.test(authority.slice(colon + 1))) return undefined

  LATE_AT.lastIndex = start + colon + 1
  return LATE_AT.test(text) ? span(start + colon + 1, LATE_AT.lastIndex - 1) : undefined
}

function span(start: number, end: number): Stretch {
  return { start, end, kind: 'url_password' }
}

type Stretch = Omit<Span, 'severity'>
