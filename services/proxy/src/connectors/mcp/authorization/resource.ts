const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** The path on the proxy under which upstreams of a kind are reached. */
export type Face = 'mcp' | 'http'

/** The metadata that a resource publishes (RFC 9728, section 2). */
export interface ResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly [member: string]: unknown
}

/**
 * The canonical URI of an upstream as it is reached through a proxy. Tokens for the upstream are issued for this URI
 * (RFC 8707).
 */
export function resourceOf(proxy: string, face: Face, upstream: string): string {
  return `${proxy}/${face}/${upstream}`
}

/** Where that resource's metadata is: the well-known part comes before the path (RFC 9728, section 3.1). */
export function metadataUrlOf(proxy: string, face: Face, upstream: string): string {
  return `${proxy}${metadataPath(face)}/${upstream}`
}

export function metadataPath(face: Face): string {
  return `${WELL_KNOWN}/${face}`
}

/** Where a server may publish its metadata: for its path, and for servers of one resource at the root. */
export function metadataPlaces(url: string): string[] {
  const { origin, pathname } = new URL(url)
  const path = pathname.replace(/\/$/, '')
  return path === '' ? [origin + WELL_KNOWN] : [origin + WELL_KNOWN + path, origin + WELL_KNOWN]
}

/** Whether metadata is about the server at this address: the same origin, and its path or one above it. */
export function isAbout(resource: string, url: string): boolean {
  if (!URL.canParse(resource)) return false
  const [said, meant] = [new URL(resource), new URL(url)]
  const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`)
  return said.origin === meant.origin && folder(meant.pathname).startsWith(folder(said.pathname))
}
