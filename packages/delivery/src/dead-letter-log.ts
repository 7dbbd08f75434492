import type { Publisher } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'
import { replayOf } from './replay.ts'

export interface DeadLetterLogOptions {
  readonly publisher: Publisher
  readonly tenant: string
  /** Which service it is that gave up, such as `/audit`. */
  readonly source: string
  readonly clock: () => Date
}

const MAX_REASON = 2000
/** What the event can hold. */
const MAX_ID = 64
const MAX_TYPE = 256

/** Dead letters are events: the log is the one thing that is durable on every engine. */
export function deadLetterLog({ publisher, tenant, source, clock }: DeadLetterLogOptions): DeadLetters {
  return {
    async add(letter) {
      const { consumer, reason, attempts, firstAttemptAt } = letter
      const data = {
        consumer,
        ...placeOf(letter),
        reason: reason.slice(0, MAX_REASON),
        attempts,
        firstAttemptAt: firstAttemptAt.toISOString(),
      }
      const draft = { source, subject: consumer, tenant, key: consumer, data }
      await publisher.publish(newEvent({ type: 'sallyport.delivery.dead_lettered.v1', ...draft }, clock()))
    },
  }
}

/** A replay that failed is a letter about the event again, and not about the request. */
function placeOf({ record, topic, partition, from }: DeadLetter) {
  const replay = record && replayOf(record)
  if (replay) {
    const { topic, partition, offset, eventId, eventType } = replay
    return { topic, partition, offset, eventId, eventType }
  }
  const { ce_id: id, ce_type: type } = record?.headers ?? {}
  return { topic, partition, offset: from, eventId: named(id, MAX_ID), eventType: named(type, MAX_TYPE) }
}

/** A foreign writer may make up a name that is not ours. The place says which record it is all the same. */
function named(text: string | undefined, longest: number): string | null {
  return text === undefined || text === '' || text.length > longest ? null : text
}
