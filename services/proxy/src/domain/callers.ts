/** Which Host and Origin headers are let in: a web page must not reach a proxy on its reader's machine. */
export interface CallerRules {
  readonly listensOnLoopback: boolean
  /** Host names; empty stands for the default. */
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** DNS rebinding shows in the Host header: the page's own name now resolves to us. */
export function hostAdmitted(header: string | undefined, rules: CallerRules): boolean {
  const name = hostName(header)
  if (name === undefined) return false
  if (rules.hosts.length > 0) return rules.hosts.includes(name)
  return !rules.listensOnLoopback || isLoopback(name)
}

/** MCP 2025-11-25, Streamable HTTP, Security: a foreign Origin is answered 403. Agents outside browsers send none. */
export function originAdmitted(header: string | undefined, rules: CallerRules): boolean {
  if (header === undefined) return true
  if (rules.origins.includes(header)) return true
  if (!rules.listensOnLoopback || !URL.canParse(header)) return false
  return isLoopback(new URL(header).hostname)
}

function hostName(header: string | undefined): string | undefined {
  return /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.exec(header ?? '')?.[1]?.toLowerCase()
}
