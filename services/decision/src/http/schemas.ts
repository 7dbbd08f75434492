import { CredentialReference, Target } from '@sallyport/events'
import { type TSchema, Type } from 'typebox'

export const NAME = '^[a-z0-9][a-z0-9._-]{0,62}$'
/** A gateway, an upstream, a token: what people call it. */
export const Name = Type.String({
  pattern: NAME,
  description: 'lower-case letters, digits, ., _ and -, at most 63',
})
export const NameParams = Type.Object({ name: Name })
/** A name, or `*` for every one. */
export const NameOrAny = Type.String({ pattern: `^\\*$|${NAME}`, description: 'a name, or * for every one' })
export const Instant = Type.String({ description: 'RFC 3339, UTC' })
export const Gone = Type.Null({ description: 'done' })
const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])

export const GatewayView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdAt: Instant,
  revokedAt: nullable(Instant),
})
/** The token is in the answer to the write that made it, and nowhere else, ever. */
const Token = { token: Type.String({ description: 'shown only now' }) }
export const GatewayWithToken = Type.Object({ ...GatewayView.properties, ...Token })

export const UpstreamView = Type.Object({
  name: Type.String(),
  connector: Type.String(),
  target: Target,
  credential: nullable(CredentialReference),
  createdAt: Instant,
})
export const NewUpstream = Type.Object(
  {
    connector: Type.String({ description: 'how the server is understood: mcp' }),
    name: Name,
    target: Target,
    credential: Type.Optional(nullable(CredentialReference)),
  },
  { additionalProperties: false },
)

export const Decision = Type.Union([
  Type.Literal('allow'),
  Type.Literal('deny'),
  Type.Literal('require_approval'),
])
export const NewPermission = Type.Object(
  {
    gateway: NameOrAny,
    connector: Type.Optional(NameOrAny),
    action: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'an action, * for any run of characters',
    }),
    decision: Decision,
  },
  { additionalProperties: false },
)
export const PermissionView = Type.Object({
  id: Type.String(),
  gateway: Type.String(),
  connector: Type.String(),
  action: Type.String(),
  decision: Decision,
  origin: Type.Union([Type.Literal('explicit'), Type.Literal('builtin')]),
})

export const NewKillSwitch = Type.Object(
  {
    scope: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'global, gateway:NAME or connector:NAME',
    }),
    on: Type.Boolean(),
    reason: Type.Optional(nullable(Type.String({ maxLength: 2000 }))),
  },
  { additionalProperties: false },
)
export const KillSwitchView = Type.Object({
  scope: Type.String(),
  on: Type.Boolean(),
  reason: nullable(Type.String()),
  since: nullable(Instant),
  by: nullable(Type.String()),
})

export const Scope = Type.Union([
  Type.Literal('admin'),
  Type.Literal('approver'),
  Type.Literal('analyst'),
  Type.Literal('bot'),
])
export const NewToken = Type.Object({ name: Name, scope: Scope }, { additionalProperties: false })
export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scope: Scope,
  createdAt: Instant,
  revokedAt: nullable(Instant),
})
export const TokenWithToken = Type.Object({ ...TokenView.properties, ...Token })
