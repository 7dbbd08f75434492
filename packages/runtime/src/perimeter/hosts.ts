import { BlockList, isIP } from 'node:net'

const LOOPBACK = listOf(['127.0.0.0/8', '::1/128'])

/** Addresses that are not for the public internet: RFC 6890 and its successors, and Azure's metadata service. */
const PRIVATE_V4 = listOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
])
/** Global unicast is one block; within it some prefixes carry an IPv4 address or are for documents. */
const PUBLIC_V6 = listOf(['2000::/3'])
const PRIVATE_V6 = listOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

/** Names that only a network of one's own resolves. */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|corp|home|home\.arpa|svc|private)$|^[^.]+$/

/** The host without brackets, last dot and capitals. */
export function plainHost(host: string): string {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return plain.length > 1 ? plain.replace(/\.$/, '') : plain
}

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
  const plain = plainHost(host)
  switch (isIP(plain)) {
    case 4:
      return PRIVATE_V4.check(plain, 'ipv4')
    case 6:
      if (isMapped(plain)) return PRIVATE_V4.check(plain, 'ipv6')
      return !PUBLIC_V6.check(plain, 'ipv6') || PRIVATE_V6.check(plain, 'ipv6')
    default:
      return PRIVATE_NAME.test(plain)
  }
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

function isMapped(address: string): boolean {
  return MAPPED.check(address, 'ipv6')
}

const MAPPED = listOf(['::ffff:0:0/96'])

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = plainHost(entry).split('/')
    const version = isIP(address)
    const longest = version === 4 ? 32 : 128
    const length = bits === undefined ? longest : Number(bits)
    if (version === 0 || !/^\d{1,3}$/.test(bits ?? '0') || length > longest)
      throw new Error('must be host names, *.domain, addresses or networks such as 10.0.0.0/8')
    list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
