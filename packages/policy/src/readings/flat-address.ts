const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/[^/\\?#]*)?/

/**
 * A decoded address with every separator a slash, without empty segments and without `.` and `..`, as a file system
 * resolves it. `?` and `#` are letters like any other: a server that takes the address for a path does not know them.
 */
export function flatAddress(decoded: string): string {
  const [start = '', scheme = '', authority] = SCHEME.exec(decoded) ?? []
  const path = decoded.slice(start.length).replaceAll('\\', '/')
  if (scheme === '') return flatPath(path)
  // `x:/a` and `x:///a` are one address without a host.
  const host = authority ?? (path.startsWith('/') ? '//' : '')
  return `${scheme.toLowerCase()}:${host}${flatPath(path)}`
}

function flatPath(path: string): string {
  if (!path.includes('/')) return path
  const absolute = path.startsWith('/')
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!absolute) kept.push(segment)
  }
  const isFolder = ['', '.', '..'].includes(segments.at(-1) ?? '') && kept.length > 0
  return `${absolute ? '/' : ''}${kept.join('/')}${isFolder ? '/' : ''}`
}
