import { CredentialReference, Decision, MetaKeys, OfferedKind, Target } from '@sallyport/events'
import { KillSwitchView, pageQuery } from '@sallyport/http-api'
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

/** Compared as they are written: whether one ends in a slash matters (RFC 8414, section 3.3). */
export const Issuers = Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), {
  maxItems: 16,
  uniqueItems: true,
  description: 'the trusted issuers whose access tokens may name it; none: its own token alone',
})
/** A person by their name. */
export const Owner = Type.Union([Name, Type.Null()], {
  description: 'the person who answers for it, by name; null: nobody',
})
export const GatewayView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  issuers: Issuers,
  owner: nullable(
    Type.Object(
      { id: Type.String(), name: nullable(Type.String()) },
      { description: 'the person who answers for it; without a name: somebody who is gone' },
    ),
  ),
  createdAt: Instant,
  revokedAt: nullable(Instant),
})
/** The token is in the answer to the write that made it, and nowhere else, ever. */
const Token = { token: Type.String({ description: 'shown only now' }) }
export const GatewayWithToken = Type.Object({ ...GatewayView.properties, ...Token })

export const Kind = Type.String({ description: 'a kind of connector, such as mcp or http' })
export const UpstreamView = Type.Object({
  id: Type.String({ description: 'another upstream that gets the name has another id' }),
  name: Type.String(),
  connector: Kind,
  path: Type.String({ description: 'where agents reach it on the proxy' }),
  target: Target,
  credential: nullable(CredentialReference),
  metaKeys: Type.Optional(MetaKeys),
  insecure: Type.Optional(
    Type.Boolean({ description: 'its credential may go there in plain text; absent otherwise' }),
  ),
  createdAt: Instant,
})
export const NewUpstream = Type.Object(
  {
    connector: Kind,
    name: Name,
    target: Target,
    credential: Type.Optional(nullable(CredentialReference)),
    metaKeys: Type.Optional(MetaKeys),
    insecure: Type.Optional(
      Type.Boolean({
        description: 'lets its credential go to an http address of another host, where others can read it',
      }),
    ),
  },
  { additionalProperties: false },
)

const Span = (description: string) =>
  Type.Optional(Type.String({ maxLength: 32, description: `${description}: 90s, 15m, 2h or 1d` }))
/** As people write it. What is wrong with it is said by name, so the schema does not judge it. */
export const Approval = Type.Object(
  {
    stages: Type.String({
      maxLength: 4096,
      description: 'such as "2 of group:finance then 1 of group:security or role:owner"',
    }),
    answerWithin: Span('how long it may be answered'),
    useWithin: Span('how long it may be used once it was approved'),
    remindAfter: Span('when those who have not answered are reminded'),
    escalateAfter: Span('when others may answer as well'),
    escalateTo: Type.Optional(
      Type.String({ maxLength: 2048, description: 'those others, such as "group:managers or role:owner"' }),
    ),
    grants: Type.Optional(
      Type.String({
        maxLength: 32,
        description: 'the longest grant that approvers may give, such as 1h, or none',
      }),
    ),
  },
  { additionalProperties: false },
)

export const NewPermission = Type.Object(
  {
    gateway: NameOrAny,
    upstream: Type.Optional(
      Type.Union([Name, Type.Null()], { description: 'one upstream by its name; null for every one' }),
    ),
    connector: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'a kind, or * for every one; for one upstream its own kind',
      }),
    ),
    action: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'an action, * for any run of characters',
    }),
    decision: Decision,
    approval: Type.Optional(
      Type.Union([Approval, Type.Null()], {
        description:
          'of require_approval: whose votes it takes, and its times; null: one vote of anyone who may answer',
      }),
    ),
  },
  { additionalProperties: false },
)
const Origin = Type.Union([Type.Literal('explicit'), Type.Literal('builtin')])
export const PermissionQuery = Type.Object(
  {
    ...pageQuery,
    gateway: Type.Optional(NameOrAny),
    upstream: Type.Optional(Name),
    connector: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    action: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'patterns that are this one or lie in it, * for any run of characters',
      }),
    ),
    decision: Type.Optional(Decision),
    origin: Type.Optional(Origin),
  },
  { additionalProperties: false },
)
export const PermissionView = Type.Object({
  id: Type.String(),
  gateway: Type.String(),
  upstream: nullable(Type.String({ description: 'its name' })),
  connector: Type.String(),
  action: Type.String(),
  decision: Decision,
  approval: nullable(Approval),
  origin: Origin,
})

export const PermissionSet = Type.Object({
  ...PermissionView.properties,
  notes: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'why it may have no effect, such as that no upstream in its reach offers such a tool, or that somebody whose vote it takes was removed',
    }),
  ),
})

export const NewKillSwitch = Type.Object(
  {
    scope: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'global, gateway:NAME, upstream:NAME or connector:KIND',
    }),
    on: Type.Boolean(),
    reason: Type.Optional(nullable(Type.String({ maxLength: 2000 }))),
  },
  { additionalProperties: false },
)
export const KillSwitchChanged = Type.Object({
  ...KillSwitchView.properties,
  changed: Type.Boolean({ description: 'false when it was on, or off, already' }),
  othersOn: Type.Array(KillSwitchView, { description: 'the other kill switches that are on' }),
})

export const Scope = Type.Union([
  Type.Literal('admin'),
  Type.Literal('approver'),
  Type.Literal('analyst'),
  Type.Literal('bot'),
])
/** A token of its own has a name; one of a person or bot has theirs, and a session an end of its own. */
export const TokenParams = Type.Object({
  name: Type.String({
    pattern: `^(?:(?:person|bot):)?${NAME.slice(1, -1)}(?::[0-9a-f]{8})?$`,
    description: 'NAME, person:NAME, bot:NAME, or person:NAME:SESSION',
  }),
})
export const NewToken = Type.Object({ name: Name, scope: Scope }, { additionalProperties: false })
export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scope: nullable(Scope),
  holder: nullable(
    Type.Object(
      { type: Type.Union([Type.Literal('person'), Type.Literal('bot')]), id: Type.String() },
      {
        description:
          'whose it is, and with whom it ends; null: a token of its own, which may do what its scope says',
      },
    ),
  ),
  expiresAt: nullable(Instant),
  createdAt: Instant,
  revokedAt: nullable(Instant),
})
export const TokenWithToken = Type.Object({ ...TokenView.properties, ...Token })

/** What there is to know about one upstream. */
export const UpstreamDetail = Type.Object({
  ...UpstreamView.properties,
  permissions: Type.Array(PermissionView, { description: 'those for this upstream alone' }),
  killSwitches: Type.Array(KillSwitchView, { description: 'those that are on and stop calls of it' }),
  catalog: Type.Array(
    Type.Object({ kind: OfferedKind, offered: Type.Integer(), differing: Type.Integer() }),
    { description: 'how much it offers of each kind, and how much of that is not as it was accepted' },
  ),
})

export const ConnectorView = Type.Object({
  kind: Kind,
  summary: Type.String(),
  path: Type.String({ description: 'where agents reach an upstream of this kind on the proxy' }),
  address: Type.String({ description: 'the address that stands for a domain' }),
  targets: Type.Array(Type.String({ description: 'http, stdio or attached' })),
  upstreams: Type.Integer({ description: 'how many are registered' }),
})
export const ConnectorDetail = Type.Object({
  ...ConnectorView.properties,
  actions: Type.Array(
    Type.Object({
      name: Type.String({ description: '<tool> and the like stand for what the caller chooses' }),
      asks: Type.String(),
      lessSpecific: Type.Array(Type.String(), {
        description: 'wider names for permissions, the narrowest first',
      }),
      risk: Type.Union([
        Type.Literal('low'),
        Type.Literal('medium'),
        Type.Literal('high'),
        Type.Literal('by name'),
      ]),
    }),
  ),
  builtin: Type.Array(Type.String({ description: 'allowed where no permission says otherwise' })),
})
export const KindParams = Type.Object({ kind: Type.String({ minLength: 1, maxLength: 64 }) })
