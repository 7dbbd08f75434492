const LONGEST = 256

/**
 * The address that a `Location` points to, seen from `base` (RFC 9110, section 10.2.2), as it may be told and logged: without user, query
 * and fragment, which may be secret. Null where it is not an address of HTTP.
 */
export function redirectTarget(location: string | undefined, base: string): string | null {
  if (location === undefined || !URL.canParse(location, base)) return null
  const { protocol, origin, pathname } = new URL(location, base)
  if (protocol !== 'http:' && protocol !== 'https:') return null
  const address = origin + pathname
  return address.length <= LONGEST ? address : `${address.slice(0, LONGEST)}…`
}
