import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { Backoff, type Logger, messageOf } from '@sallyport/runtime'
import type { Consumer } from 'kafkajs'
import type { Checkpoints } from '../checkpoints.ts'
import type { Subscription } from '../feed.ts'
import { follow } from '../follow.ts'
import { MarkKeeper } from '../mark-keeper.ts'
import { recordBatches } from '../record-batches.ts'
import { FetchedQueue } from './fetched-queue.ts'

export interface Membership {
  readonly consumer: Consumer
  readonly subscription: Subscription
  readonly checkpoints: Checkpoints
  readonly log: EventLog
  readonly logger: Logger
}

interface Place {
  readonly topic: string
  readonly partition: number
}

/** What one member of the group has between two rebalances: some partitions, each followed by itself. */
export class Tenure {
  readonly #membership: Membership
  readonly #abort = new AbortController()
  readonly #queues = new Map<string, FetchedQueue>()
  readonly #running: Promise<unknown>

  /** Begins when what was under way before has ended. No fetch is asked for before the marks are known. */
  constructor(membership: Membership, places: readonly Place[], before: Promise<unknown>) {
    this.#membership = membership
    for (const place of places) membership.consumer.pause([on(place)])
    this.#running = before.then(() => Promise.all(places.map((place) => this.#followPersistently(place))))
  }

  /**
   * Takes fetched records. Those of a partition that nobody here follows are dropped, and the member that follows it
   * fetches them again.
   */
  offer(place: Place, records: StoredRecord[]): void {
    this.#queues.get(keyOf(place))?.offer(records)
  }

  /** Ends the deliveries under way; resolves when they have ended. */
  async end(): Promise<void> {
    this.#abort.abort()
    for (const queue of this.#queues.values()) await queue.return()
    await this.#running
  }

  async #followPersistently(place: Place): Promise<void> {
    const { subscription, logger } = this.#membership
    const { signal } = this.#abort
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        await this.#follow(place)
        backoff.reset()
      } catch (reason) {
        if (signal.aborted) return
        const what = `${keyOf(place)} cannot be followed: ${messageOf(reason)}`
        logger.warn({ consumer: subscription.name, ...place, reason: messageOf(reason) }, what)
        subscription.fault(what)
        await delay(backoff.nextMs(), undefined, { signal }).catch(() => {})
      }
    }
  }

  async #follow(place: Place): Promise<void> {
    const { consumer, subscription, checkpoints, log, logger } = this.#membership
    const { topic, partition } = place
    const { signal } = this.#abort
    const marks = new MarkKeeper(checkpoints, subscription.name, topic)
    const first = await log.offsetsAt(topic, subscription.from === 'start' ? 0 : subscription.from)
    const endHere = async () => ({ [partition]: (await log.ends(topic))[partition] ?? 0 })
    for (const { message } of await marks.load(first, endHere))
      logger.error(
        { consumer: subscription.name, ...place, reason: message },
        'a delivery goes on at the end of the log',
      )
    const next = marks.offsets()[partition] ?? 0
    signal.throwIfAborted()
    const queue = new FetchedQueue(next, {
      open: () => consumer.resume([on(place)]),
      shut: () => consumer.pause([on(place)]),
    })
    this.#queues.set(keyOf(place), queue)
    consumer.seek({ topic, partition, offset: String(next) })
    subscription.fault(undefined)
    try {
      await follow(recordBatches(queue, marks.all(), subscription), marks, subscription, signal)
    } finally {
      this.#queues.delete(keyOf(place))
      if (!signal.aborted) consumer.pause([on(place)])
      await marks.flush().catch(() => {})
    }
  }
}

function on({ topic, partition }: Place) {
  return { topic, partitions: [partition] }
}

function keyOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`
}
