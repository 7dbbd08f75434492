import { Type } from 'typebox'
import { closed, Id, Name } from '../definitions/parts.ts'

/** The actor as versions had it that were written before a token had a holder. */
export const ActorWithoutHolder = Type.Object(
  {
    type: Type.Union([Type.Literal('person'), Type.Literal('bot'), Type.Literal('system')]),
    name: Name,
    /** Of the token. The name can be given to another token later, and the id cannot. Parts of ours have none. */
    id: Type.Optional(Id),
  },
  closed,
)
