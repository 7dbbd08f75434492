import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '@sallyport/runtime'

type Headers = Pick<IncomingHttpHeaders, 'host' | 'cookie' | 'origin' | 'sec-fetch-site'>

/**
 * The name of the cookie that a browser keeps its session in. On this machine itself there is no TLS; everywhere else
 * the cookie is one that only this host can have set (RFC 6265bis, section 4.1.3.2).
 */
function nameFor({ host = '' }: Headers): string {
  return isLocal(host) ? 'sallyport_session' : '__Host-sallyport_session'
}

/** The session in the cookie of a request. None where there are two: one of them is somebody else's. */
export function sessionOf(headers: Headers): string | undefined {
  const found = cookiesNamed(headers, nameFor(headers))
  return found.length === 1 ? found[0] : undefined
}

/** The values of a cookie, of which a browser may send several. */
export function cookiesNamed({ cookie = '' }: Headers, name: string): string[] {
  return cookie.split(';').flatMap((pair) => {
    const [key = '', value = ''] = pair.trim().split(/=(.*)/s)
    return key === name && VALUE.test(value) ? [value] : []
  })
}

const VALUE = /^[A-Za-z0-9._~+/-]{1,4096}$/

/** A `Set-Cookie` that begins a session: no script reads it, and no other site's request carries it. */
export function beginningCookie(headers: Headers, token: string, forMs: number): string {
  return cookie(headers, token, Math.floor(forMs / 1000))
}

/** A `Set-Cookie` that ends it. */
export function endingCookie(headers: Headers): string {
  return cookie(headers, '', 0)
}

function cookie(headers: Headers, value: string, maxAge: number): string {
  const secure = isLocal(headers.host ?? '') ? '' : '; Secure'
  return `${nameFor(headers)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`
}

/**
 * Whether a page of this very origin makes the request. Browsers say it by `Sec-Fetch-Site`, and with every write by
 * `Origin`; another port of this machine is another origin, though its requests carry the same cookies.
 */
export function isOfOurPages(headers: Headers): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}

/** Whether the request was made with the session's cookie by a page of somebody else's. A typed address is nobody's. */
export function isOfOtherPages(headers: Headers): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

function isLocal(host: string): boolean {
  return isLoopback(host.toLowerCase().replace(/:\d{1,5}$/, ''))
}
