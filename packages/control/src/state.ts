import type { DataOf } from '@sallyport/events'
import type { ApprovalTerms } from '@sallyport/policy'
import type { Decision, Role } from '@sallyport/policy/words'
import type { Catalog } from './catalog/catalog.ts'

/** What the control topic folds to: plain data, the same on every instance at the same offset. */
export interface Gateway {
  /** What permissions for it are bound to: another gateway that gets its name has another id. */
  readonly id: string
  readonly name: string
  readonly tokenHash: string
  /** The issuers whose access tokens may name it. None: it is reached with its own token alone. */
  readonly issuers: readonly string[]
  /** The person who answers for it, by their id; somebody who is gone stays named. Null: nobody. */
  readonly ownerId: string | null
  readonly createdAt: string
  readonly revokedAt: string | null
}

type UpstreamData = DataOf<'sallyport.upstream.added.v1'>
/** Where an upstream is. */
export type Target = UpstreamData['target']
/** Where the proxy finds the credential that it presents to an upstream. */
export type CredentialReference = NonNullable<UpstreamData['credential']>
/** One that is had from an authorization server's token endpoint. */
export type IssuedCredential = Extract<CredentialReference, { readonly tokenUrl: string }>
/** Where a secret is. */
export type SecretReference = Extract<CredentialReference, { readonly kind: 'env' | 'file' }>

export interface Upstream {
  /** What permissions for it are bound to: another upstream that gets its name has another id. */
  readonly id: string
  readonly name: string
  /** The connector's kind, such as `mcp`. */
  readonly connector: string
  readonly target: Target
  readonly credential: CredentialReference | null
  /** The keys of MCP's `_meta`, where some were listed, that approvals are bound to, and that go upstream of a call that needed a person. */
  readonly metaKeys?: readonly string[]
  /** Its credential may go there in plain text. */
  readonly insecure?: boolean
  readonly createdAt: string
}

export interface PermissionRecord {
  readonly id: string
  /** A name, or `*` for every one. */
  readonly gateway: string
  /** The gateway of that name. Null for every one, and while it waits for one of this name. */
  readonly gatewayId: string | null
  /** Null: every upstream. Without an id it waits for one of this name, as a log of an earlier release can say. */
  readonly upstream: { readonly id: string | null; readonly name: string } | null
  /** A kind, or `*`. */
  readonly connector: string
  readonly action: string
  readonly decision: Decision
  /** What it asks of an approval. Absent: one vote of anyone who may answer. */
  readonly approval?: ApprovalTerms
  readonly updatedAt: string
}

export type TokenScope = 'admin' | 'approver' | 'analyst' | 'bot'

export interface ApiToken {
  readonly id: string
  readonly name: string
  /** What a token of its own may do. Null: what its holder may. */
  readonly scope: TokenScope | null
  readonly tokenHash: string
  /** Whose it is, and with whom it ends. Null: a token of its own. */
  readonly holder: { readonly type: 'person' | 'bot'; readonly id: string } | null
  /** When it ends by itself, in RFC 3339, as that of a session does. Null: never. */
  readonly expiresAt: string | null
  /** The token that the session was begun with, and with which it ends. */
  readonly parentId?: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

export interface Person {
  /** What their rights hang on: somebody else who gets the name has another id. */
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly groups: readonly string[]
  readonly roles: readonly Role[]
  /** Who they are to an issuer of sign-ins. Null: they do not sign in. */
  readonly identity: { readonly issuer: string; readonly subject: string } | null
  readonly createdAt: string
}

export type BotLimits = DataOf<'sallyport.bot.added.v1'>['limits']

export interface Bot {
  readonly id: string
  readonly name: string
  /** In whose place it answers: together they count once. Null: it answers for itself. */
  readonly personId: string | null
  /** What it may answer at most. */
  readonly limits: BotLimits
  readonly createdAt: string
}

export interface KillSwitch {
  /** `global`, `gateway:NAME`, `upstream:NAME` or `connector:KIND`. */
  readonly scope: string
  readonly reason: string | null
  readonly since: string
  readonly by: string
}

type WebhookData = DataOf<'sallyport.webhook.added.v1'>

export interface Webhook {
  /** New with each registration: deliveries and dead letters belong to it and not to the name. */
  readonly id: string
  readonly name: string
  readonly url: string
  /** Patterns over event types. */
  readonly events: readonly string[]
  readonly secret: WebhookData['secret']
  readonly createdAt: string
  /** Why and since when nothing is sent there any more. */
  readonly disabled: { readonly reason: string; readonly at: string } | null
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
  /** By id. A name belongs to one at a time. */
  readonly persons: ReadonlyMap<string, Person>
  readonly bots: ReadonlyMap<string, Bot>
  /** What the upstreams offer, by the upstream's name. */
  readonly catalogs: ReadonlyMap<string, Catalog>
  /** By name. */
  readonly webhooks: ReadonlyMap<string, Webhook>
  /** The most recent commands that were accepted under an idempotency key, by that key, oldest first. */
  readonly idempotencyKeys: ReadonlyMap<string, DoneCommand>
  /** The same for commands that change nobody's rights. */
  readonly passableKeys: ReadonlyMap<string, DoneCommand>
}

/** What a command with an idempotency key asked for and made. */
export interface DoneCommand {
  /** SHA-256 (hex) over its type and what was asked; ids and token hashes, new in each try, are left out. */
  readonly fingerprint: string
  readonly subject: string
}

/**
 * What came of a command when its turn came. `subject` names what it made or changed: the id of a gateway, a
 * permission, a token, a person, a bot or a webhook, the name of an upstream (also of a change of its catalog), the scope of a kill switch. `repeated`: it had been done before
 * under the same idempotency key and had no effect now. `mismatch`: that key had been used for something else.
 */
export type ControlOutcome =
  | { readonly accepted: true; readonly subject: string; readonly repeated: boolean }
  | {
      readonly accepted: false
      readonly kind: 'conflict' | 'not_found' | 'mismatch'
      readonly reason: string
    }

export const INITIAL_STATE: ControlState = {
  gateways: new Map(),
  upstreams: new Map(),
  permissions: new Map(),
  killSwitches: new Map(),
  tokens: new Map(),
  persons: new Map(),
  bots: new Map(),
  catalogs: new Map(),
  webhooks: new Map(),
  idempotencyKeys: new Map(),
  passableKeys: new Map(),
}

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
  /** How far it has come: the offset of the next control event. Instances at the same offset agree. */
  offset(): number
  /** How many records of a later release were passed over since the start, as they change nobody's rights. */
  passedOver(): number
}
