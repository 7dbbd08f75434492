import { Role } from '@sallyport/events'
import { type TSchema, Type } from 'typebox'
import { Instant, NAME, Name } from '../schemas.ts'

const closed = { additionalProperties: false } as const
const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()])

const Groups = Type.Array(Name, {
  maxItems: 64,
  uniqueItems: true,
  description: 'names that permissions can ask an approval of',
})
const Roles = Type.Array(Role, { maxItems: 5, uniqueItems: true })
const Email = Type.String({
  maxLength: 320,
  pattern: '^[^@\\s]+@[^@\\s]+$',
  description: 'where they are written to; it identifies nobody',
})
const Identity = Type.Object(
  {
    issuer: Type.String({ minLength: 1, maxLength: 2048, description: 'the `iss` of their ID tokens' }),
    subject: Type.String({ minLength: 1, maxLength: 256, description: 'the `sub` in them' }),
  },
  closed,
)

export const NewPerson = Type.Object(
  {
    name: Name,
    email: Type.Optional(nullable(Email)),
    groups: Type.Optional(Groups),
    roles: Type.Optional(Type.Unsafe<('owner' | 'admin' | 'approver' | 'analyst' | 'viewer')[]>(Roles)),
    identity: Type.Optional(nullable(Identity)),
    ownerOf: Type.Optional(Type.Array(Name, { maxItems: 64, description: 'gateways that they answer for' })),
    token: Type.Optional(
      Type.Boolean({ description: 'false: they get no token, and sign in (default: true)' }),
    ),
  },
  closed,
)
/** What is left out stays as it is. */
export const PersonChange = Type.Object(
  {
    email: NewPerson.properties.email,
    groups: NewPerson.properties.groups,
    roles: NewPerson.properties.roles,
    identity: NewPerson.properties.identity,
  },
  closed,
)
export const PersonView = Type.Object({
  id: Type.String({ description: 'what their rights hang on; somebody else who gets the name has another' }),
  name: Type.String(),
  email: nullable(Type.String()),
  groups: Type.Array(Type.String()),
  roles: Type.Array(Type.String()),
  identity: nullable(Identity),
  ownerOf: Type.Array(Type.String(), { description: 'gateways that they answer for' }),
  createdAt: Instant,
})
/** The token is in the answer to the write that made it, and nowhere else, ever. */
const Token = { token: nullable(Type.String({ description: 'shown only now' })) }
export const PersonWithToken = Type.Object({ ...PersonView.properties, ...Token })

const Limits = {
  gateways: Type.Optional(
    nullable(
      Type.Array(Name, { maxItems: 256, uniqueItems: true, description: 'whose calls it may answer' }),
    ),
  ),
  risk: Type.Optional(
    nullable(
      Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')], {
        description: 'the highest risk that it may answer',
      }),
    ),
  ),
  perMinute: Type.Optional(
    nullable(Type.Integer({ minimum: 1, maximum: 100_000, description: 'answers in a minute' })),
  ),
  stages: Type.Optional(
    nullable(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description: 'for which stages its answer counts, such as "group:sre or person:dana"',
      }),
    ),
  ),
  advisory: Type.Optional(Type.Boolean({ description: 'its answers are shown, and count for nothing' })),
}
export const NewBot = Type.Object(
  {
    name: Name,
    person: Type.Optional(
      nullable(
        Type.String({ pattern: NAME, description: 'in whose place it answers: together they count once' }),
      ),
    ),
    ...Limits,
  },
  closed,
)
export const BotChange = Type.Object(Limits, closed)
export const BotView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  person: nullable(Type.String()),
  gateways: nullable(Type.Array(Type.String(), { description: 'by name; one that is gone by its id' })),
  risk: nullable(Type.String()),
  perMinute: nullable(Type.Integer()),
  stages: nullable(Type.String()),
  advisory: Type.Boolean(),
  createdAt: Instant,
})
export const BotWithToken = Type.Object({ ...BotView.properties, ...Token })

export const GroupView = Type.Object({
  name: Type.String(),
  members: Type.Array(Type.String(), { description: 'the persons in it, by name' }),
  answerers: Type.Array(Type.String(), {
    description: 'those of them who have a role that answers held calls',
  }),
  permissions: Type.Integer({ description: 'how many permissions ask an approval of it' }),
})
