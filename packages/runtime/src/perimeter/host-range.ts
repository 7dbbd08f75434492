import { BlockList, isIP } from 'node:net'

/**
 * What a host is for. Only `public` is on the internet. `metadata` answers with the credentials of a cloud machine,
 * `transition` carries an IPv4 address in an IPv6 one, and `internal_name` is resolved by a network of one's own alone.
 */
export type HostRange = 'public' | 'metadata' | 'internal_name' | (typeof IPV4 | typeof IPV6)[number][1]

/** The services of AWS (with ECS and EKS), Azure, Alibaba, Oracle, Tencent and Google, as they document them. */
const METADATA = listOf([
  ...[
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
  ],
  ...['169.254.0.23', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
])

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890), with multicast. */
const IPV4 = [
  ['127.0.0.0/8', 'loopback'],
  ['10.0.0.0/8', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['100.64.0.0/10', 'private'],
  ['169.254.0.0/16', 'link_local'],
  ['0.0.0.0/8', 'unspecified'],
  ['192.0.2.0/24', 'documentation'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['198.18.0.0/15', 'reserved'],
  ['192.0.0.0/24', 'reserved'],
  ['192.88.99.0/24', 'reserved'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
] as const

/** IANA IPv6 Special-Purpose Address Registry; what is outside of global unicast and not named here is reserved. */
const IPV6 = [
  ['::1', 'loopback'],
  ['::', 'unspecified'],
  ['fc00::/7', 'private'],
  ['fec0::/10', 'private'],
  ['fe80::/10', 'link_local'],
  ['ff00::/8', 'multicast'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001::/23', 'transition'],
  ['2002::/16', 'transition'],
  ['64:ff9b:1::/48', 'transition'],
  ['::/96', 'transition'],
  ['::ffff:0:0:0/96', 'transition'],
] as const

const IPV4_LISTS = IPV4.map(([network, range]) => [listOf([network]), range] as const)
const IPV6_LISTS = IPV6.map(([network, range]) => [listOf([network]), range] as const)
/** They mean the IPv4 address that they end in (RFC 4291, section 2.5.5.2; RFC 6052, section 2.1). */
const MAPPED = listOf(['::ffff:0:0/96'])
const TRANSLATED = listOf(['64:ff9b::/96'])
const GLOBAL_UNICAST = listOf(['2000::/3'])

/** RFC 6761, section 6.3, and what Linux distributions call it as well. */
const LOOPBACK_NAME = /(?:^|\.)localhost$|^localhost\.localdomain$|^ip6-(?:localhost|loopback)$/
const METADATA_NAME =
  /^metadata(?:\.google\.internal|\.goog|\.tencentyun\.com)?$|^instance-data(?:\.ec2\.internal)?$/
const INTERNAL_NAME =
  /(?:^|\.)(?:local|localdomain|internal|intranet|lan|corp|home|home\.arpa|svc|private)$|^[^.]*$/

/** The range of a host as URLs, headers and sockets write it, as far as its text says. */
export function rangeOf(host: string): HostRange {
  const plain = plainHost(host)
  switch (isIP(plain)) {
    case 4:
      return ipv4Range(plain)
    case 6:
      return ipv6Range(plain)
    default:
      if (LOOPBACK_NAME.test(plain)) return 'loopback'
      if (METADATA_NAME.test(plain)) return 'metadata'
      return INTERNAL_NAME.test(plain) ? 'internal_name' : 'public'
  }
}

function ipv4Range(address: string): HostRange {
  if (METADATA.check(address, 'ipv4')) return 'metadata'
  return IPV4_LISTS.find(([list]) => list.check(address, 'ipv4'))?.[1] ?? 'public'
}

function ipv6Range(address: string): HostRange {
  if (METADATA.check(address, 'ipv6')) return 'metadata'
  if (MAPPED.check(address, 'ipv6') || TRANSLATED.check(address, 'ipv6')) return ipv4Range(lastIpv4(address))
  const named = IPV6_LISTS.find(([list]) => list.check(address, 'ipv6'))?.[1]
  return named ?? (GLOBAL_UNICAST.check(address, 'ipv6') ? 'public' : 'reserved')
}

/** The IPv4 address in the last 32 bits. */
function lastIpv4(address: string): string {
  const [plain = ''] = address.split('%')
  const dotted = /(?:\d{1,3}\.){3}\d{1,3}$/.exec(plain)?.[0]
  if (dotted !== undefined) return dotted
  // `::` may stand for the last groups.
  const groups = plain.endsWith('::') ? ['0', '0'] : plain.split(':').map((group) => group || '0')
  const [high = '0', low = '0'] = groups.slice(-2)
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return bits.flatMap((pair) => [pair >> 8, pair & 0xff]).join('.')
}

/** The host without brackets, last dot and capitals. */
export function plainHost(host: string): string {
  const plain = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return plain.length > 1 ? plain.replace(/\.$/, '') : plain
}

/** Addresses and networks such as `10.0.0.0/8`. Throws where an entry is neither. */
export function listOf(entries: readonly string[]): BlockList {
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
