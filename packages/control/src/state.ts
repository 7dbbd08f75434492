/** What the control topic folds to: plain data, the same on every instance at the same offset. */
export interface Gateway {
  readonly id: string
  readonly name: string
  readonly tokenHash: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

export interface Upstream {
  readonly name: string
  /** The connector's kind, such as `mcp`. */
  readonly connector: string
  readonly url: string
  /** The proxy's environment variable that holds the credential. */
  readonly tokenEnv: string | null
  readonly createdAt: string
}

export interface PermissionRecord {
  readonly id: string
  readonly gateway: string
  readonly connector: string
  readonly action: string
  readonly decision: 'allow' | 'deny' | 'require_approval'
  readonly updatedAt: string
}

export type TokenScope = 'admin' | 'approver' | 'analyst' | 'bot'

export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly scope: TokenScope
  readonly tokenHash: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

export interface KillSwitch {
  /** `global`, `gateway:NAME` or `connector:NAME`. */
  readonly scope: string
  readonly reason: string | null
  readonly since: string
  readonly by: string
}

export interface ControlState {
  /** By name. */
  readonly gateways: ReadonlyMap<string, Gateway>
  readonly upstreams: ReadonlyMap<string, Upstream>
  /** By id. */
  readonly permissions: ReadonlyMap<string, PermissionRecord>
  /** Those that are on, by scope. */
  readonly killSwitches: ReadonlyMap<string, KillSwitch>
  /** By name. */
  readonly tokens: ReadonlyMap<string, ApiToken>
  /** Recent idempotency keys and the subject their command made; bounded. */
  readonly idempotencyKeys: ReadonlyMap<string, string>
}

/** What came of a command when its turn came. */
export type ControlOutcome =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly kind: 'conflict' | 'not_found'; readonly reason: string }

/** The control state in force in this process. */
export interface ControlView {
  state(): ControlState
  /** The gateway whose token this is and which is not revoked. Looked up by hash, compared in constant time. */
  authenticateGateway(token: string): Gateway | undefined
  /** The API token this is and which is not revoked. */
  authenticateApi(token: string): ApiToken | undefined
  /** Called after every accepted event, in order. Returns how to stop. */
  onChange(listener: (state: ControlState) => void): () => void
  /** Why the state may be stale or unusable, or undefined: the caller denies then. */
  fault(): string | undefined
}
