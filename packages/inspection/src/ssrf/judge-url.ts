import { type HostRange, rangeOf } from '@sallyport/runtime'
import { readingsOf } from './host-readings.ts'
import { wildcardAddress } from './wildcard-names.ts'

/** Why a URL is not fetched. */
export interface SsrfFault {
  readonly rule: `ssrf.${Exclude<HostRange, 'public'> | 'scheme' | 'unreadable' | 'unresolved'}`
  /** The host or address that it would lead to; null where there is none. */
  readonly host: string | null
  /** For people: `169.254.169.254 answers with the credentials of a cloud machine`. */
  readonly reason: string
}

/** Resolves a name to all its addresses; rejects or gives none where there is none. */
export type Resolve = (name: string) => Promise<readonly string[]>

const FETCHED = new Set(['http:', 'https:', 'ws:', 'wss:'])

const MEANINGS: Readonly<Record<Exclude<HostRange, 'public'>, string>> = {
  metadata: 'answers with the credentials of a cloud machine',
  internal_name: 'is a name that only an internal network resolves',
  loopback: 'is the machine itself',
  private: 'is in a private network',
  link_local: 'is in the local network alone',
  unspecified: 'means the machine itself or nothing',
  documentation: 'is for documents and leads nowhere',
  multicast: 'is for many machines at once',
  reserved: 'is in no public network',
  transition: 'carries another address inside',
}

/**
 * Why the URL must not be fetched on behalf of somebody who is not trusted; undefined where its text says nothing
 * against it. Of the ways in which programs read it none may lead elsewhere than to the public internet. Pure: names are not
 * resolved, but for those that say their address themselves (`10.0.0.1.nip.io`).
 */
export function judgeUrl(url: string): SsrfFault | undefined {
  const readings = readingsOf(url)
  if (readings === undefined)
    return { rule: 'ssrf.unreadable', host: null, reason: 'the address cannot be read' }
  const { scheme, hosts } = readings
  if (!FETCHED.has(scheme))
    return {
      rule: 'ssrf.scheme',
      host: null,
      reason: `${scheme.slice(0, 32)} is none of http, https, ws and wss`,
    }
  for (const host of hosts) {
    const fault = judgeHost(host)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * The same, with the name resolved once: every address has to be public, as any of them may be connected to. Whoever
 * fetches connects to one of those that were judged and resolves no second time.
 */
export async function judgeResolved(
  url: string,
  resolve: Resolve,
): Promise<
  { readonly fault: SsrfFault } | { readonly fault: undefined; readonly addresses: readonly string[] }
> {
  const fault = judgeUrl(url)
  if (fault !== undefined) return { fault }
  const [host = ''] = readingsOf(url)?.hosts ?? []
  const addresses = await resolve(host).catch(() => [])
  if (addresses.length === 0)
    return { fault: { rule: 'ssrf.unresolved', host, reason: `${host} has no address` } }
  for (const address of addresses) {
    const found = judgeHost(address)
    if (found !== undefined)
      return { fault: { ...found, reason: `${host} has the address ${address}, which ${meaningOf(found)}` } }
  }
  return { fault: undefined, addresses }
}

/** Why nothing is fetched from the host or address. */
function judgeHost(host: string): SsrfFault | undefined {
  if (host === '') return { rule: 'ssrf.unreadable', host: null, reason: 'the address names no host' }
  const range = rangeOf(host)
  if (range !== 'public') return { rule: `ssrf.${range}`, host, reason: `${host} ${MEANINGS[range]}` }
  const address = wildcardAddress(host)
  if (address === undefined) return undefined
  const inside = address === 'any' ? 'reserved' : rangeOf(address)
  if (inside === 'public') return undefined
  const says =
    address === 'any' ? 'changes what it leads to' : `leads to ${address}, which ${MEANINGS[inside]}`
  return { rule: `ssrf.${inside}`, host, reason: `${host} ${says}` }
}

function meaningOf({ rule }: SsrfFault): string {
  return MEANINGS[rule.slice('ssrf.'.length) as Exclude<HostRange, 'public'>]
}
