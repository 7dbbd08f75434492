import { Type } from 'typebox'
import { Actor, closed, Digest, Id, Instant, Name, nullable, Text } from './parts.ts'

/** Where the event is in the log. */
const place = {
  /** The name of the delivery's consumer, such as `webhook.0198…`. */
  consumer: Name,
  topic: Name,
  partition: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  /** Null where the record is not an event. */
  eventId: nullable(Id),
  eventType: nullable(Name),
}

export const DeadLettered = Type.Object(
  {
    ...place,
    reason: Text,
    attempts: Type.Integer({ minimum: 1 }),
    firstAttemptAt: Instant,
  },
  closed,
)

export const ReplayRequested = Type.Object(
  { actor: Actor, idempotencyKey: nullable(Digest), ...place },
  closed,
)
