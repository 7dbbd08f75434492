import { Type } from 'typebox'
import { command } from './control.ts'
import { closed, Digest, Name, Text } from './parts.ts'

const Count = Type.Integer({ minimum: 0 })

/** `damage.id` tells this damage from every other, for each reader of the log alike. */
export const LogDamageAccepted = Type.Object(
  {
    ...command,
    reason: Type.String({ minLength: 1, maxLength: 8192 }),
    damage: Type.Object(
      { id: Digest, topic: Name, partition: Count, offset: Count, kind: Name, what: Text },
      closed,
    ),
  },
  closed,
)
