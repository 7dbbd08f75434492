/**
 * Public name services that answer with an address which the name itself carries. `nip.io` and `sslip.io` document the
 * spellings: dotted, with dashes, and hexadecimal; IPv6 with dashes for colons.
 */
const CARRIERS = ['nip.io', 'sslip.io', 'xip.io', 'traefik.me', 'backname.io', 'local-ip.sh', 'ip.addr.tools']
/** Names that anybody may use for their own machine: they resolve to 127.0.0.1. */
const LOOPBACKS = [
  'localtest.me',
  'lvh.me',
  'vcap.me',
  'lacolhost.com',
  'localho.st',
  'yoogle.com',
  'local.gd',
]
/** These answer differently from one question to the next, to lead past a check. */
const REBINDERS = ['1u.ms', 'rbndr.us', 'rebind.network', 'rebind.it']

const DOTTED = /(?:^|[.-])(\d{1,3})([.-])(\d{1,3})\2(\d{1,3})\2(\d{1,3})$/
const HEXADECIMAL = /(?:^|[.-])([0-9a-f]{8})$/
const IPV6 = /(?:^|\.)((?:[0-9a-f]{0,4}-){2,7}[0-9a-f]{0,4})$/

/** The address that a name of such a service leads to; `any` where it may be each; undefined for all other names. */
export function wildcardAddress(name: string): string | undefined {
  const plain = name.replace(/\.$/, '').toLowerCase()
  if (within(plain, REBINDERS) !== undefined) return 'any'
  if (within(plain, LOOPBACKS) !== undefined) return '127.0.0.1'
  const domain = within(plain, CARRIERS)
  if (domain === undefined) return undefined
  return carried(plain.slice(0, -domain.length - 1))
}

function within(name: string, domains: readonly string[]): string | undefined {
  return domains.find((domain) => name === domain || name.endsWith(`.${domain}`))
}

function carried(label: string): string | undefined {
  const dotted = DOTTED.exec(label)
  if (dotted !== null) return [dotted[1], dotted[3], dotted[4], dotted[5]].join('.')
  const hexadecimal = HEXADECIMAL.exec(label)?.[1]
  if (hexadecimal !== undefined)
    return Array.from({ length: 4 }, (_, at) =>
      Number.parseInt(hexadecimal.slice(at * 2, at * 2 + 2), 16),
    ).join('.')
  return IPV6.exec(label)?.[1]?.replaceAll('-', ':')
}
