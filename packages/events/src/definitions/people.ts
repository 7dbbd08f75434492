import { Type } from 'typebox'
import { command } from './control.ts'
import { closed, Digest, Id, Name, nullable, Risk, Role, Selector } from './parts.ts'

/** A person as they are from this event on; a change says all of it again. */
const person = {
  ...command,
  id: Id,
  name: Name,
  email: nullable(Type.String({ minLength: 3, maxLength: 320 })),
  groups: Type.Array(Name, { maxItems: 64, uniqueItems: true }),
  roles: Type.Array(Role, { maxItems: 8, uniqueItems: true }),
  /** Who they are to an issuer of sign-ins: its `iss` and `sub`. Null: they do not sign in. */
  identity: nullable(
    Type.Object(
      {
        issuer: Type.String({ minLength: 1, maxLength: 2048 }),
        subject: Type.String({ minLength: 1, maxLength: 256 }),
      },
      closed,
    ),
  ),
}

export const PersonAdded = Type.Object(person, closed)
export const PersonChanged = Type.Object(
  {
    ...person,
    /**
     * SHA-256 of the person as whoever changes them had read them. A change of somebody who was changed meanwhile folds to
     * a rejection; without it, to what it says.
     */
    basedOn: Type.Optional(Digest),
  },
  closed,
)
export const PersonRemoved = Type.Object({ ...command, id: Id, name: Name }, closed)

/** What a bot may answer at most; null: no limit of this kind. */
const limits = Type.Object(
  {
    /** Ids of the gateways whose calls it may answer. */
    gateways: nullable(Type.Array(Id, { maxItems: 256, uniqueItems: true })),
    /** The highest risk that it may answer. */
    risk: nullable(Risk),
    /** Answers in a minute. */
    perMinute: nullable(Type.Integer({ minimum: 1, maximum: 100_000 })),
    /** The selectors of stages for which its answer counts. */
    stages: nullable(Type.Array(Selector, { maxItems: 64 })),
    /** Its answers are shown to people and count for nothing. */
    advisory: Type.Boolean(),
  },
  closed,
)

const bot = {
  ...command,
  id: Id,
  name: Name,
  /** The person in whose place it answers: together they count once. Null: it answers for itself. */
  personId: nullable(Id),
  limits,
}

export const BotAdded = Type.Object(bot, closed)
export const BotChanged = Type.Object(bot, closed)
export const BotRemoved = Type.Object({ ...command, id: Id, name: Name }, closed)
