import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog } from '@sallyport/event-log'
import { Backoff, type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import { recordsOf } from '../batch.ts'
import type { Checkpoints } from '../checkpoints.ts'
import type { Feed, Subscription } from '../feed.ts'
import type { Leases } from '../leases.ts'
import { MarkKeeper } from './mark-keeper.ts'
import { offsetRanges } from './offset-ranges.ts'
import { recordBatches } from './record-batches.ts'

export interface LogFeedOptions {
  readonly log: EventLog
  readonly leases: Leases
  readonly checkpoints: Checkpoints
  readonly logger?: Logger
}

/** A feed on a log that one process has at a time (SQLite, memory): who holds the lease reads all topics. */
export function logFeed(options: LogFeedOptions): Feed {
  const { leases, checkpoints } = options
  return {
    async run(subscription, signal) {
      const lease = await leases.acquire(subscription.name, signal)
      if (!lease) return
      try {
        subscription.active(true)
        await Promise.all(
          subscription.topics.map((topic) => followPersistently(options, subscription, topic, signal)),
        )
      } finally {
        subscription.active(false)
        await lease.release()
      }
    },
    marks: (consumer, topic) => checkpoints.load(consumer, topic),
    forget: (consumer) => checkpoints.forget(consumer),
  }
}

async function followPersistently(
  options: LogFeedOptions,
  subscription: Subscription,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  const { logger = silentLogger } = options
  const backoff = new Backoff()
  while (!signal.aborted) {
    try {
      await follow(options, subscription, topic, signal, () => {
        backoff.reset()
        subscription.fault(undefined)
      })
    } catch (reason) {
      if (signal.aborted) return
      const { name: consumer } = subscription
      logger.warn({ consumer, topic, reason: messageOf(reason) }, 'a topic cannot be followed, trying again')
      subscription.fault(`${topic} cannot be followed: ${messageOf(reason)}`)
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {})
  }
}

async function follow(
  { log, checkpoints }: LogFeedOptions,
  subscription: Subscription,
  topic: string,
  signal: AbortSignal,
  onBatch: () => void,
): Promise<void> {
  const { name, from, takes, stableBatches, work } = subscription
  const marks = new MarkKeeper(checkpoints, name, topic)
  await marks.load(await log.offsetsAt(topic, from === 'start' ? 0 : from))
  const begun = { log, topic, marks: marks.all(), subscription, signal }
  try {
    for await (const batch of takes === 'records' ? recordBatches(begun) : offsetRanges(begun)) {
      onBatch()
      const idle = recordsOf(batch)?.length === 0
      if (!idle) {
        if (stableBatches) await marks.begin(batch)
        await work(batch, signal)
      }
      await marks.pass(batch, idle)
      subscription.passed(topic, batch.partition, batch.to)
    }
  } finally {
    await marks.flush()
  }
}
