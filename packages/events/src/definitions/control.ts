import { Type } from 'typebox'
import { ApprovalTerms } from './approval-terms.ts'
import { CredentialReference } from './credentials.ts'
import { Actor, closed, Decision, Digest, Id, Instant, Name, nullable, Text } from './parts.ts'

/** Every control event says who wanted it, and under which idempotency key (hashed with the id of the actor's token). */
export const command = { actor: Actor, idempotencyKey: nullable(Digest) }

export const Scope = Type.Union([
  Type.Literal('admin'),
  Type.Literal('approver'),
  Type.Literal('analyst'),
  Type.Literal('bot'),
])

/** Issuers whose access tokens may name the gateway, as they write themselves. None of them unless said. */
export const Issuers = Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { maxItems: 16 })

export const GatewayAdded = Type.Object(
  {
    ...command,
    id: Id,
    name: Name,
    tokenHash: Digest,
    issuers: Type.Optional(Issuers),
    /** The person who answers for the agent, and who approves nothing that it asks for. Nobody unless said. */
    ownerId: Type.Optional(Id),
    /** What the owner was called then; their rights hang on the id. */
    ownerName: Type.Optional(Name),
  },
  closed,
)
export const GatewayOwnerSet = Type.Object(
  {
    ...command,
    id: Id,
    name: Name,
    ownerId: nullable(Id),
    /** What the owner was called then. */
    ownerName: Type.Optional(Name),
  },
  closed,
)
export const GatewayIssuersSet = Type.Object({ ...command, id: Id, name: Name, issuers: Issuers }, closed)
export const GatewayTokenRotated = Type.Object({ ...command, name: Name, tokenHash: Digest }, closed)
export const GatewayRevoked = Type.Object({ ...command, name: Name }, closed)

const CommandLine = Type.Array(Type.String({ maxLength: 4096 }), {
  minItems: 1,
  maxItems: 256,
  description: 'the program and its arguments, without a shell',
})

/** Where an upstream is: at an address, run by the proxy, or run by `sallyport mcp` beside the agent. */
export const Target = Type.Union([
  Type.Object({ kind: Type.Literal('http'), url: Type.String({ minLength: 1, maxLength: 2048 }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('stdio'),
      command: CommandLine,
      env: Type.Array(Name, { maxItems: 64, description: "the proxy's variables that the command gets" }),
      cwd: nullable(Type.String({ minLength: 1, maxLength: 4096 })),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('attached'), command: CommandLine }, closed),
])

/** Keys of `_meta` that approvals for an upstream are bound to, and that it gets of a call that needed a person. */
export const MetaKeys = Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
  maxItems: 32,
  uniqueItems: true,
  description:
    'keys of `_meta`, beside those of the protocol, that the upstream gets of a call that needed a person; its approval is bound to them',
})

export const UpstreamAdded = Type.Object(
  {
    ...command,
    id: Type.Optional(Id),
    name: Name,
    connector: Name,
    target: Target,
    credential: nullable(CredentialReference),
    metaKeys: Type.Optional(MetaKeys),
    /** Whether its credential may go there in plain text. */
    insecure: Type.Optional(Type.Boolean()),
  },
  closed,
)
export const UpstreamRemoved = Type.Object({ ...command, name: Name }, closed)

export const PermissionSet = Type.Object(
  {
    ...command,
    id: Id,
    /** A name, or `*` for every one. */
    gateway: Name,
    /** The gateway that has the name. Null: every one, or the one that has the name now, or the first that gets it. */
    gatewayId: nullable(Id),
    /** For this upstream alone. Without an id: for the one that has the name now, or the first that gets it. */
    upstream: nullable(Type.Object({ id: nullable(Id), name: Name }, closed)),
    /** A kind, or `*`. */
    connector: Name,
    action: Name,
    decision: Decision,
    /** Of `require_approval`; null: one vote of anyone who may answer. */
    approval: nullable(ApprovalTerms),
  },
  closed,
)
export const PermissionRemoved = Type.Object({ ...command, id: Id }, closed)

export const KillSwitchSet = Type.Object(
  { ...command, scope: Name, on: Type.Boolean(), reason: nullable(Text) },
  closed,
)

export const TokenIssued = Type.Object(
  {
    ...command,
    id: Id,
    name: Name,
    /** What a token of its own may do. Null: what its holder may. */
    scope: nullable(Scope),
    tokenHash: Digest,
    /** Whose token it is, and with whom it ends. Null: a token of its own. */
    holder: nullable(
      Type.Object({ type: Type.Union([Type.Literal('person'), Type.Literal('bot')]), id: Id }, closed),
    ),
    /** When it ends by itself, as that of a session does. Absent: never. */
    expiresAt: Type.Optional(Instant),
    /** The token that the session was begun with, and with which it ends. Absent: it was begun by a sign-in, or is none. */
    parentId: Type.Optional(Id),
  },
  closed,
)
export const TokenRevoked = Type.Object({ ...command, name: Name }, closed)
