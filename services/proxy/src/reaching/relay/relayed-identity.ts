import { Sealer } from '../sealer.ts'

/** The header fields that say who calls, and from where. */
export const IDENTITY_HEADERS = ['authorization', 'sallyport-gateway', 'host', 'origin'] as const

/**
 * The facts that one proxy gives another with a request that it passes on: the identity of the caller, and where the
 * request came in.
 */
export interface RelayedIdentity {
  /** The address that the relaying proxy meant to reach. */
  readonly owner: string
  readonly method: string
  readonly path: string
  /** Those that say who calls, and those that the agent means for the upstream alone. */
  readonly headers: Readonly<Record<string, string>>
}

export const RELAYED_HEADER = 'sallyport-relayed'

/** Clocks of one fleet differ by less. */
const FRESH_MS = 60_000
const LONGEST = 32_768

interface Sealed extends RelayedIdentity {
  readonly at: number
}

/**
 * The identity travels sealed. A listener at the address of a former proxy learns no token from it, and nobody outside
 * the fleet can make one up. It is for one request, to one proxy, now.
 */
export class RelayedIdentities {
  readonly #sealer: Sealer
  readonly #clock: () => Date

  constructor(key: Uint8Array, clock: () => Date) {
    this.#sealer = new Sealer(key, 'spr1.', LONGEST)
    this.#clock = clock
  }

  seal(identity: RelayedIdentity): string {
    const sealed: Sealed = { ...identity, at: this.#clock().getTime() }
    return this.#sealer.seal(JSON.stringify(sealed), [RELAYED_HEADER])
  }

  /** Undefined for what was not sealed for this request at this proxy, or too long ago. */
  open(
    header: string,
    here: Pick<RelayedIdentity, 'owner' | 'method' | 'path'>,
  ): RelayedIdentity | undefined {
    const text = this.#sealer.open(header, [RELAYED_HEADER])
    if (text === undefined) return undefined
    const { at, ...identity }: Sealed = JSON.parse(text)
    if (Math.abs(this.#clock().getTime() - at) > FRESH_MS) return undefined
    const { owner, method, path } = here
    return identity.owner === owner && identity.method === method && identity.path === path
      ? identity
      : undefined
  }
}
