import { Type } from 'typebox'
import { closed, Name } from '../definitions/parts.ts'

/** The actor as versions had it that were written before an actor had an id. */
export const ActorWithoutId = Type.Object(
  {
    type: Type.Union([Type.Literal('person'), Type.Literal('bot'), Type.Literal('system')]),
    name: Name,
  },
  closed,
)
