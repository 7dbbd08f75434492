import { type BlockList, isIP } from 'node:net'
import { listOf, plainHost, rangeOf } from './host-range.ts'

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128'])

/**
 * Whether the host is this machine and nothing else, whatever a name server says: a loopback address, or `localhost`, which
 * every machine knows by itself. For `localhost.` and `a.localhost` many machines ask a name server (RFC 6761, section 6.3,
 * only recommends otherwise). Takes a host as URLs, headers and sockets write it.
 */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || contains(LOOPBACK, plainHost(host))
}

/** Whether what is sent to the address can be read on the way to another host. */
export function isPlainElsewhere(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return (protocol === 'http:' || protocol === 'ws:') && !isLoopback(hostname)
}

/** Whether the host is not for the public internet, as far as its text says. */
export function isPrivate(host: string): boolean {
  return rangeOf(host) !== 'public'
}

/** Hosts that an operator has listed. */
export interface HostList {
  /** Whether a name, or an address, is one of them. */
  has(host: string): boolean
}

/** Names, `*.domain`, addresses and networks such as `10.0.0.0/8`. Throws where an entry is none of these. */
export function hostList(entries: readonly string[]): HostList {
  const addresses = entries.filter((entry) => isIP(plainHost(entry)) > 0 || entry.includes('/'))
  const names = entries.filter((entry) => !addresses.includes(entry)).map(plainHost)
  if (names.some((name) => !/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)))
    throw new Error('must be host names, *.domain, addresses or networks such as 10.0.0.0/8')
  const blocks = listOf(addresses)
  const exact = new Set(names.filter((name) => !name.startsWith('*.')))
  const domains = names.filter((name) => name.startsWith('*.')).map((name) => name.slice(1))
  return {
    has(host) {
      const plain = plainHost(host)
      if (isIP(plain) > 0) return contains(blocks, plain)
      return exact.has(plain) || domains.some((domain) => plain.endsWith(domain))
    },
  }
}

function contains(list: BlockList, plain: string): boolean {
  const version = isIP(plain)
  return version > 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}
