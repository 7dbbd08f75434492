import {
  type ApiToken,
  type Catalog,
  type ControlState,
  type ControlView,
  type CredentialReference,
  emptyCatalog,
  type Gateway,
  type KillSwitch,
  modeKey,
  type Target,
  type Upstream,
} from '@sallyport/control'
import { tokenHash } from '@sallyport/runtime'

/** Those who answer in tests, each with a token from the beginning. */
const PEOPLE = ['dana', 'mallory']
export const tokenIdOf = (name: string): string => `token-of-${name}`

function tokenOf(name: string): ApiToken {
  return {
    id: tokenIdOf(name),
    name,
    scope: 'approver',
    tokenHash: '',
    holder: null,
    expiresAt: null,
    createdAt: NOW,
    revokedAt: null,
  }
}

/** A control view whose state a test sets by hand. */
export class FixedControl implements ControlView {
  readonly #listeners = new Set<(state: ControlState) => void>()
  readonly #gateways = new Map<string, Gateway>()
  readonly #upstreams = new Map<string, Upstream>()
  readonly #killSwitches = new Map<string, KillSwitch>()
  readonly #tokens = new Map<string, ApiToken>(PEOPLE.map((name) => [name, tokenOf(name)]))
  readonly #catalogs = new Map<string, Catalog>()
  #changes = 0
  staleness: string | undefined

  addGateway(name: string, token: string): void {
    const gateway = {
      id: `id-of-${name}`,
      name,
      tokenHash: tokenHash(token),
      issuers: [],
      ownerId: null,
      createdAt: NOW,
      revokedAt: null,
    }
    this.#gateways.set(name, gateway)
    this.#tell()
  }

  /** The issuers whose access tokens may name it. */
  bindIssuers(name: string, issuers: readonly string[]): void {
    const gateway = this.#gateways.get(name)
    if (gateway) this.#gateways.set(name, { ...gateway, issuers })
    this.#tell()
  }

  rotateToken(name: string, token: string): void {
    const gateway = this.#gateways.get(name)
    if (gateway) this.#gateways.set(name, { ...gateway, tokenHash: tokenHash(token) })
    this.#tell()
  }

  revokeGateway(name: string): void {
    const gateway = this.#gateways.get(name)
    if (gateway) this.#gateways.set(name, { ...gateway, revokedAt: NOW })
    this.#tell()
  }

  addUpstream(
    name: string,
    at: string | Target,
    credential: CredentialReference | null = null,
    connector = 'mcp',
    metaKeys: readonly string[] = [],
  ): void {
    const target = typeof at === 'string' ? ({ kind: 'http', url: at } as const) : at
    this.#upstreams.set(name, {
      id: `id-of-${name}`,
      name,
      connector,
      target,
      credential,
      createdAt: NOW,
      ...(metaKeys.length === 0 ? {} : { metaKeys }),
    })
    // Upstreams of tests seldom list what they are called with.
    const modes = new Map([[modeKey('tool', 'unknown'), 'log' as const]])
    this.#catalogs.set(name, { ...emptyCatalog(name), modes })
    this.#tell()
  }

  /** As by default: a tool that the upstream does not list is denied. */
  denyUnlisted(name: string): void {
    this.#catalogs.delete(name)
    this.#tell()
  }

  kill(scope: string): void {
    this.#killSwitches.set(scope, { scope, reason: null, since: NOW, by: 'dana' })
    this.#tell()
  }

  revokeToken(name: string): void {
    this.#tokens.set(name, { ...tokenOf(name), revokedAt: NOW })
    this.#tell()
  }

  /** Another token under the name of one that was revoked. */
  reissueToken(name: string): void {
    this.#tokens.set(name, { ...tokenOf(name), id: `another-token-of-${name}` })
    this.#tell()
  }

  /** A change that a decision depends on happened elsewhere. */
  touch(): void {
    this.#tell()
  }

  offset(): number {
    return this.#changes
  }

  passedOver(): number {
    return 0
  }

  state(): ControlState {
    return {
      gateways: this.#gateways,
      upstreams: this.#upstreams,
      permissions: new Map(),
      killSwitches: this.#killSwitches,
      tokens: this.#tokens,
      persons: new Map(),
      bots: new Map(),
      catalogs: this.#catalogs,
      webhooks: new Map(),
      idempotencyKeys: new Map(),
      passableKeys: new Map(),
    }
  }

  authenticateGateway(token: string): Gateway | undefined {
    const hash = tokenHash(token)
    return [...this.#gateways.values()].find(
      (gateway) => gateway.tokenHash === hash && gateway.revokedAt === null,
    )
  }

  authenticateApi(): undefined {
    return undefined
  }

  onChange(listener: (state: ControlState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  fault(): string | undefined {
    return this.staleness
  }

  #tell(): void {
    this.#changes += 1
    for (const listener of this.#listeners) listener(this.state())
  }
}

const NOW = '2026-01-01T00:00:00.000Z'
