import { fullyDecoded } from '@sallyport/policy'

/** Where a request goes within its upstream: canonical, relative to the registered address. */
export interface Target {
  /** Empty where the agent named the upstream and nothing under it. */
  readonly path: string
  readonly query: string | null
}

/** The path and query as they go upstream: under the path of the registered address, whose own query comes first. */
export function upstreamPath(registered: string, { path, query }: Target): string {
  const { pathname, search } = new URL(registered)
  const whole = path === '' ? pathname : baseOf(pathname) + path
  const queries = [search.slice(1), query].filter((one) => one !== null && one !== '')
  return queries.length === 0 ? whole : `${whole}?${queries.join('&')}`
}

/**
 * The name of a parameter that the registered address has with another value; undefined where there is none. Of two,
 * servers take the first, the last, or both. Some take `name[]` for `name`, some `;` for `&`, and some read names without
 * regard to case, encoding, blanks or what follows a NUL.
 */
export function contradictedParameter(registered: string, query: string | null): string | undefined {
  const { searchParams } = new URL(registered)
  if (searchParams.size === 0) return undefined
  const names = new Map([...searchParams.keys()].map((name) => [foldedName(name), name]))
  const readings = [query ?? '', (query ?? '').replaceAll(';', '&')]
  for (const [spelled, value] of readings.flatMap((one) => [...new URLSearchParams(one)])) {
    const name = names.get(foldedName(spelled))
    if (name === undefined) continue
    if (name !== spelled || !searchParams.has(name, value)) return name
  }
  return undefined
}

/** One text for all spellings of a parameter's name that some server takes for the same; PHP makes `_` of `.` and blank. */
function foldedName(spelled: string): string {
  const { text } = fullyDecoded(spelled)
  const name = text
    .normalize('NFKC')
    .replace(/[[\0].*$/s, '')
    .trim()
  return name.replace(/[ .]/g, '_').toLowerCase()
}

/**
 * What the agent is told for an address of the upstream's, in `Location` and the like: the path on the proxy where it
 * is under the registered address, the whole address where it is elsewhere. Undefined for a text that is not an address.
 */
export function addressForAgent(
  registered: string,
  requested: string,
  told: string,
  mount: string,
): string | undefined {
  const base = URL.parse(registered)
  const meant = base === null ? null : URL.parse(told, new URL(requested, base).href)
  if (base === null || meant === null) return undefined
  const folder = baseOf(base.pathname)
  const isInside =
    meant.origin === base.origin &&
    meant.username === '' &&
    (meant.pathname === base.pathname || meant.pathname.startsWith(`${folder}/`))
  if (!isInside) return meant.href
  return mount + meant.pathname.slice(folder.length) + meant.search + meant.hash
}

/** A registered path with or without a slash at its end is the same folder. */
function baseOf(pathname: string): string {
  return pathname.replace(/\/+$/, '')
}
