import type { ConfigOf, ConfigSpec, Variable } from '../config.ts'
import { SallyportError } from '../errors.ts'
import { list, oneOf } from '../variables.ts'
import { type HostList, hostList, isPlainElsewhere, isPrivate } from './hosts.ts'

/** `production` refuses each shortcut of developers by its name, at the start or at registration. */
export type Mode = 'development' | 'production'

/** A shortcut of developers is asked for where it is refused: in the fleet, or with SALLYPORT_MODE=production. */
export class ShortcutRefused extends SallyportError {
  /** `shortcut` is its name as people know it, such as `--insecure`; `instead` what to do. */
  constructor(shortcut: string, instead: string) {
    super(
      'SP_SHORTCUT_REFUSED',
      'forbidden',
      `${shortcut} is a developer shortcut and is refused in production; ${instead}`,
    )
  }
}

/** A credential would go to another host in plain text, and nobody has allowed that with `--insecure`. */
export class CredentialInsecure extends SallyportError {
  /** `otherwise` is told to people who may allow it; agents may not. */
  constructor(url: string, otherwise = '') {
    super(
      'SP_CREDENTIAL_INSECURE',
      'invalid',
      `a credential would go to ${new URL(url).host} in plain text, where others can read it; use an https address${otherwise}`,
    )
  }
}

/** What is let in and out in plain text or to private addresses. */
export interface Perimeter {
  readonly mode: Mode
  /** Private addresses at which upstreams and receivers of events may be. */
  readonly privateAddresses: HostList
}

/** Nothing is refused: for tests and for one's own machine. */
export const DEVELOPMENT: Perimeter = { mode: 'development', privateAddresses: hostList([]) }

function perimeterSpec<const M extends Mode>(mode: M) {
  return {
    mode: oneOf(
      'SALLYPORT_MODE',
      'production refuses developer shortcuts by name: plain HTTP to another host, private addresses that are not listed, --insecure, commands without a token, --accept-log-damage',
      ['development', 'production'],
      { fallback: mode },
    ),
    privateAddresses: hosts(
      'SALLYPORT_PRIVATE_ADDRESSES',
      'Private addresses at which production lets upstreams and webhooks be, loopback too: names, *.domain, addresses or networks such as 10.0.0.0/8, comma-separated',
    ),
  } as const
}

/** For a process of a fleet. */
export const fleetPerimeterSpec = {
  perimeter: {
    ...perimeterSpec('production'),
    plaintextHosts: hosts(
      'SALLYPORT_PLAINTEXT_HOSTS',
      'Hosts of the installation itself (engines, services, addresses to listen on) with which production may speak plain text, because nothing else is in their network; other machines need TLS',
    ),
  },
} as const satisfies ConfigSpec

/** For everything in one process on one's own machine. */
export const laptopPerimeterSpec = { perimeter: perimeterSpec('development') } as const satisfies ConfigSpec

export type FleetPerimeter = ConfigOf<typeof fleetPerimeterSpec>['perimeter']

function hosts(name: string, describe: string): Variable<HostList> {
  const { parse, ...variable } = list(name, describe, { fallback: '' })
  return { ...variable, parse: (text) => hostList(parse(text)) }
}

/**
 * Refuses the address of an upstream or a webhook that production does not let people register. Throws ShortcutRefused.
 * `insecure`: it was registered with `--insecure`.
 */
export function refuseShortcuts({ mode, privateAddresses }: Perimeter, url: string, insecure: boolean): void {
  if (mode !== 'production') return
  if (insecure) throw new ShortcutRefused('--insecure', 'use an https address')
  const { hostname } = new URL(url)
  if (isPlainElsewhere(url)) throw new ShortcutRefused(`plain HTTP to ${hostname}`, 'use an https address')
  refuseUnlisted({ mode, privateAddresses }, hostname)
}

/** The same for the host alone, as it is written or as its name is resolved. Throws ShortcutRefused. */
export function refuseUnlisted({ mode, privateAddresses }: Perimeter, host: string): void {
  if (mode !== 'production' || !isPrivate(host) || privateAddresses.has(host)) return
  throw new ShortcutRefused(
    `the private address ${host} that nobody listed`,
    'list it in SALLYPORT_PRIVATE_ADDRESSES',
  )
}
