import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog } from '@sallyport/event-log'
import { Backoff, type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import type { Checkpoints } from '../checkpoints.ts'
import type { Feed, Subscription } from '../feed.ts'
import { follow } from '../follow.ts'
import type { Leases } from '../leases.ts'
import { MarkKeeper } from '../mark-keeper.ts'
import { recordBatches } from '../record-batches.ts'
import { offsetRanges } from './offset-ranges.ts'

export interface LogFeedOptions {
  readonly log: EventLog
  readonly leases: Leases
  readonly checkpoints: Checkpoints
  readonly logger?: Logger
}

/** A feed on a log that one process has at a time (SQLite, memory): the instance with the lease reads all topics. */
export function logFeed(options: LogFeedOptions): Feed {
  const { leases, checkpoints } = options
  return {
    async run(subscription, signal) {
      const lease = await leases.acquire(subscription.name, signal)
      if (!lease) return
      try {
        subscription.active(true)
        await Promise.all(
          subscription.topics.map((topic) => followTopic(options, subscription, topic, signal)),
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

/** Begins again at the marks whenever the log or the checkpoints fail. */
async function followTopic(
  { log, checkpoints, logger = silentLogger }: LogFeedOptions,
  subscription: Subscription,
  topic: string,
  signal: AbortSignal,
): Promise<void> {
  const { name: consumer, from, takes } = subscription
  const backoff = new Backoff()
  while (!signal.aborted) {
    const marks = new MarkKeeper(checkpoints, consumer, topic)
    try {
      const first = await log.offsetsAt(topic, from === 'start' ? 0 : from)
      for (const { message } of await marks.load(first, () => log.ends(topic)))
        logger.error({ consumer, topic, reason: message }, 'a delivery goes on at the end of the log')
      subscription.fault(undefined)
      await follow(
        takes === 'records'
          ? recordBatches(reader(log, topic, marks, subscription, signal), marks.all(), subscription)
          : offsetRanges(log, topic, marks.all(), subscription.limits, signal),
        marks,
        subscription,
        signal,
      )
      backoff.reset()
    } catch (reason) {
      if (signal.aborted) break
      logger.warn({ consumer, topic, reason: messageOf(reason) }, 'a topic cannot be followed, trying again')
      subscription.fault(`${topic} cannot be followed: ${messageOf(reason)}`)
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => {})
    } finally {
      await marks.flush().catch(() => {})
    }
  }
}

const READ_AT_LEAST = 100
const READ_AT_MOST = 1000

function reader(
  log: EventLog,
  topic: string,
  marks: MarkKeeper,
  { limits }: Subscription,
  signal: AbortSignal,
) {
  const batches = log.read(topic, {
    from: marks.offsets(),
    maxBatch: Math.min(READ_AT_MOST, Math.max(READ_AT_LEAST, limits.maxCount)),
    signal,
  })
  return batches[Symbol.asyncIterator]()
}
