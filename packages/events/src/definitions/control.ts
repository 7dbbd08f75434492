import { Type } from 'typebox'
import { Actor, closed, Digest, Effect, Id, Name, nullable, Text } from './parts.ts'

/** Every control event says who wanted it, and under which idempotency key (hashed with the actor's name). */
const command = { actor: Actor, idempotencyKey: nullable(Digest) }

export const Scope = Type.Union([
  Type.Literal('admin'),
  Type.Literal('approver'),
  Type.Literal('analyst'),
  Type.Literal('bot'),
])

export const GatewayAdded = Type.Object({ ...command, id: Id, name: Name, tokenHash: Digest }, closed)
export const GatewayTokenRotated = Type.Object({ ...command, name: Name, tokenHash: Digest }, closed)
export const GatewayRevoked = Type.Object({ ...command, name: Name }, closed)

export const UpstreamAdded = Type.Object(
  {
    ...command,
    name: Name,
    connector: Name,
    url: Type.String({ maxLength: 2048 }),
    /** The environment variable of the proxy that holds the credential; the credential itself is never here. */
    tokenEnv: nullable(Name),
  },
  closed,
)
export const UpstreamRemoved = Type.Object({ ...command, name: Name }, closed)

export const PermissionSet = Type.Object(
  { ...command, id: Id, gateway: Name, connector: Name, action: Name, decision: Effect },
  closed,
)
export const PermissionRemoved = Type.Object({ ...command, id: Id }, closed)

export const KillSwitchSet = Type.Object(
  { ...command, scope: Name, on: Type.Boolean(), reason: nullable(Text) },
  closed,
)

export const TokenIssued = Type.Object(
  { ...command, id: Id, name: Name, scope: Scope, tokenHash: Digest },
  closed,
)
export const TokenRevoked = Type.Object({ ...command, name: Name }, closed)
