import { withoutLastSlash } from '../server/last-slash.ts'

/** Where on the proxy a request over HTTP goes, and what of its target is for the upstream: text as it came. */
export interface HttpTarget {
  readonly upstream: string
  /** Empty, or from the slash behind the upstream's name. */
  readonly path: string
  readonly query: string | null
}

const PREFIX = '/http/'
const ORIGIN = /^https?:\/\/[^/?#]*(?=\/)/i
/** The names that an upstream can have. They hold nothing that a router would decode. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Undefined for every other target. A router never sees the rest: it would decode what is judged as it came. */
export function httpTarget(target: string | undefined): HttpTarget | undefined {
  const local = target?.replace(ORIGIN, '')
  if (local === undefined || !local.startsWith(PREFIX)) return undefined
  const mark = local.indexOf('?')
  const whole = mark < 0 ? local : local.slice(0, mark)
  const query = mark < 0 ? null : local.slice(mark + 1)
  const [upstream = ''] = whole.slice(PREFIX.length).split('/', 1)
  if (!NAME.test(upstream)) return undefined
  return { upstream, path: whole.slice(PREFIX.length + upstream.length), query }
}

/** The part of a target that the router sees. Elsewhere than under `/http/`, a slash at the end means nothing. */
export function routedPath(target: string): string {
  const found = httpTarget(target)
  if (found !== undefined) return PREFIX + found.upstream
  return target.startsWith(PREFIX) ? target : withoutLastSlash(target)
}
