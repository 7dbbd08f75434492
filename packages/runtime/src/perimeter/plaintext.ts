import { isLoopback } from './hosts.ts'
import type { FleetPerimeter } from './perimeter.ts'

/** Connections of one variable that have no TLS. */
export interface PlainConnection {
  readonly variable: string
  /** How to give them TLS. */
  readonly remedy: string
  readonly hosts: readonly string[]
  /** Whether a credential goes over them as it is. */
  readonly secret: boolean
}

/**
 * The faults of connections in plain text to other hosts: in production each, elsewhere those that carry a credential.
 * Hosts that the operator has named may be spoken to.
 */
export function plaintextFaults(
  { mode, plaintextHosts }: FleetPerimeter,
  connections: readonly PlainConnection[],
): string[] {
  return connections
    .filter(({ secret }) => secret || mode === 'production')
    .flatMap(({ variable, remedy, hosts, secret }) => {
      const host = hosts.find((one) => !isLoopback(one) && !plaintextHosts.has(one))
      if (host === undefined) return []
      const what = secret ? 'a credential in plain text' : 'plain text'
      const why =
        mode === 'production' ? 'a developer shortcut that production refuses' : 'readable on the way'
      return [
        `${variable} has ${what} with ${host}, which is ${why}: ${remedy}, or name the host in SALLYPORT_PLAINTEXT_HOSTS`,
      ]
    })
}
