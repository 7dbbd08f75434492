import { isLoopback } from '@sallyport/runtime'

/** The Host and Origin headers that are let in. A web page must not reach a proxy on its reader's machine. */
export interface CallerRules {
  readonly listensOnLoopback: boolean
  /** Host names; empty stands for the default. */
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}

const WEB = /^https?:$/

/** DNS rebinding shows in the Host header: the page's own name now resolves to us. */
export function hostAdmitted(header: string | undefined, rules: CallerRules): boolean {
  const name = hostName(header)
  if (name === undefined) return false
  if (rules.hosts.length > 0) return rules.hosts.some((host) => sameHost(host, name))
  return !rules.listensOnLoopback || isLoopback(name)
}

/** A request target may name a host too, and would count more than the Host header (RFC 9112, section 3.2.2). */
export function targetsHost(target: string | undefined, host: string | undefined): boolean {
  if (target?.startsWith('/')) return true
  return URL.canParse(target ?? '') && new URL(target ?? '').host === host?.toLowerCase()
}

/** MCP 2025-11-25, Streamable HTTP, Security: a foreign Origin is answered 403. Agents outside browsers send none. */
export function originAdmitted(header: string | undefined, rules: CallerRules): boolean {
  if (header === undefined) return true
  if (rules.origins.includes(header)) return true
  if (!rules.listensOnLoopback || !URL.canParse(header)) return false
  const { protocol, hostname, origin } = new URL(header)
  // A browser writes an origin in one way only. Any other text does not come from a web page of this machine.
  return WEB.test(protocol) && origin === header && isLoopback(hostname)
}

/** The proxy's address as its callers know it: as configured, or as they say it, which only tells them about themselves. */
export function proxyAddress(configured: string | null, host: string | undefined): string {
  return configured ?? `http://${host ?? ''}`
}

function hostName(header: string | undefined): string | undefined {
  return /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(header ?? '')?.[1]?.toLowerCase()
}

/** Brackets around an IPv6 address belong to the header and not to the address. */
function sameHost(configured: string, name: string): boolean {
  const plain = name.replace(/^\[|\]$/g, '')
  return configured.toLowerCase().replace(/^\[|\]$/g, '') === plain
}
