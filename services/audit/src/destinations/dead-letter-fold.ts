import { type AcceptedDamage, type EventLog, type Fold, startFold } from '@sallyport/event-log'
import { type EventOf, type SallyportEvent, TOPICS } from '@sallyport/events'
import { BoundedMap, type Logger } from '@sallyport/runtime'

export type KeptLetter = EventOf<'sallyport.delivery.dead_lettered.v1'>['data'] & {
  readonly deadLetteredAt: string
}

/** The letters of one consumer that can be listed; older ones stay in the log. */
const MOST_LETTERS = 10_000
const MOST_CONSUMERS = 1000

export interface DeadLetterFold {
  readonly fold: Fold<void>
  /** The letters that nobody asked to replay, oldest first. */
  lettersOf(consumer: string): readonly KeptLetter[]
}

/** Folds the topic of dead letters to the letters that are still dead. */
export function startDeadLetterFold(log: EventLog, logger: Logger, damage?: AcceptedDamage): DeadLetterFold {
  const consumers = new BoundedMap<string, BoundedMap<string, KeptLetter>>(MOST_CONSUMERS)

  const apply = (event: SallyportEvent) => {
    if (event.type === 'sallyport.delivery.dead_lettered.v1') {
      const { consumer } = event.data
      const letters = consumers.get(consumer) ?? new BoundedMap<string, KeptLetter>(MOST_LETTERS)
      consumers.set(consumer, letters)
      letters.set(placeOf(event.data), { ...event.data, deadLetteredAt: event.time })
    }
    if (event.type === 'sallyport.delivery.replay_requested.v1')
      consumers.get(event.data.consumer)?.delete(placeOf(event.data))
  }
  return {
    fold: startFold({
      log,
      topic: TOPICS.deadLetters,
      apply,
      logger,
      ...(damage ? { damage } : {}),
    }),
    lettersOf: (consumer) => [...(consumers.get(consumer)?.values() ?? [])],
  }
}

function placeOf(place: { readonly topic: string; readonly partition: number; readonly offset: number }) {
  return `${place.topic}/${place.partition}/${place.offset}`
}
