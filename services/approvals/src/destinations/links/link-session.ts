import type { IncomingHttpHeaders } from 'node:http'
import { cookiesNamed } from '@sallyport/http-api'
import { isLoopback } from '@sallyport/runtime'

type Headers = Pick<IncomingHttpHeaders, 'host' | 'cookie'>

/**
 * The cookie that whoever opened a link answers with: for one approval alone, read by no script and sent by no other
 * site. Its value is a link token of its own kind.
 */
export function linkCookie(headers: Headers, approvalId: string, value: string, forMs: number): string {
  const secure = isLocal(headers) ? '' : '; Secure'
  const maxAge = Math.max(0, Math.floor(forMs / 1000))
  return `${nameFor(headers, approvalId)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`
}

export function linkCookieOf(headers: Headers, approvalId: string): string | undefined {
  const found = cookiesNamed(headers, nameFor(headers, approvalId))
  return found.length === 1 ? found[0] : undefined
}

/** `__Host-`: one that only this host can have set (RFC 6265bis, section 4.1.3.2). On this machine there is no TLS. */
function nameFor(headers: Headers, approvalId: string): string {
  return `${isLocal(headers) ? '' : '__Host-'}sallyport_link_${approvalId.replace(/[^A-Za-z0-9-]/g, '')}`
}

function isLocal({ host = '' }: Headers): boolean {
  return isLoopback(host.toLowerCase().replace(/:\d{1,5}$/, ''))
}
