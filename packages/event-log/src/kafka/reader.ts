import { setTimeout as delay } from 'node:timers/promises'
import { type Logger, messageOf, retry } from '@sallyport/runtime'
import type { Kafka } from 'kafkajs'
import { rewound } from '../damage/log-damage.ts'
import { EventLogDamaged } from '../errors.ts'
import type { Offsets, ReadOptions, StoredRecord } from '../port.ts'
import { type KafkaAdmin, TopicMissing } from './admin.ts'
import { type Fetched, KafkaFeed } from './feed.ts'
import { recordOfMessage } from './record.ts'

export interface KafkaReading {
  readonly kafka: Kafka
  readonly admin: KafkaAdmin
  readonly logger: Logger
  /** Given the end of each consumer, so that the log can wait for it when it closes. */
  readonly onStopping: (stopping: Promise<void>) => void
}

/** Between a lost consumer and the next one, and between two questions to a broker that does not answer. */
const PAUSE_MS = 250

/**
 * Reads a topic without end, beginning a new consumer at the next offsets whenever one is lost. A topic that ends before
 * what was read, or before what is asked for, rejects: a broker would begin anew, and what is new be taken for known.
 */
export async function* readKafka(
  reading: KafkaReading,
  topic: string,
  options: ReadOptions,
): AsyncGenerator<StoredRecord[]> {
  const { signal } = options
  const next = await startOf(reading, topic, options.from, signal).catch((reason: unknown) => {
    if (signal.aborted) return {}
    throw reason
  })
  while (!signal.aborted) {
    await refuseRewound(reading, topic, next)
    const feed = new KafkaFeed(reading.kafka, topic, next, reading.logger)
    const interrupt = () => feed.interrupt()
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      for (let fetched = await feed.take(); fetched && !signal.aborted; fetched = await feed.take()) {
        refuseEnds(topic, { [fetched.partition]: fetched.end }, next)
        yield* inBatches(takeNew(topic, fetched, next), options)
      }
    } finally {
      signal.removeEventListener('abort', interrupt)
      reading.onStopping(stop(reading, feed))
    }
    await delay(PAUSE_MS, undefined, { signal }).catch(() => {})
  }
}

/** Outlives a lost connection like the reading itself; only a topic that does not exist ends it. */
async function startOf(
  { admin, logger }: KafkaReading,
  topic: string,
  from: ReadOptions['from'],
  signal: AbortSignal,
): Promise<Record<number, number>> {
  const range = await retry(() => admin.range(topic), {
    firstMs: PAUSE_MS,
    longestMs: PAUSE_MS,
    signal,
    isFinal: (reason) => reason instanceof TopicMissing,
    onRetry: (reason) =>
      logger.warn({ topic, reason: messageOf(reason) }, 'a log reader waits for the broker'),
  })
  const wanted: Offsets = from === 'start' ? {} : from
  return Object.fromEntries(
    Object.entries(range.low).map(([partition, first]) => [
      partition,
      Math.max(first, wanted[Number(partition)] ?? first),
    ]),
  )
}

/** A broker that does not answer is asked by the next consumer. */
async function refuseRewound({ admin }: KafkaReading, topic: string, next: Offsets): Promise<void> {
  const range = await admin.range(topic).catch(() => undefined)
  if (range !== undefined) refuseEnds(topic, range.high, next)
}

function refuseEnds(topic: string, ends: Offsets, next: Offsets): void {
  for (const [partition, end] of Object.entries(ends)) {
    const read = next[Number(partition)] ?? 0
    if (end < read) throw new EventLogDamaged([rewound(topic, Number(partition), end, read)])
  }
}

/** Drops what this reader had before: a new consumer, or one that fetches again, may begin earlier. */
function takeNew(topic: string, fetched: Fetched, next: Record<number, number>): StoredRecord[] {
  const { partition } = fetched
  const first = next[partition] ?? 0
  const records = fetched.messages
    .map((message) => recordOfMessage(topic, partition, message))
    .filter((record) => record.offset >= first)
  next[partition] = (records.at(-1)?.offset ?? first - 1) + 1
  return records
}

function* inBatches(
  records: StoredRecord[],
  { maxBatch = 1000, signal }: ReadOptions,
): Generator<StoredRecord[]> {
  for (let start = 0; start < records.length && !signal.aborted; start += maxBatch) {
    yield records.slice(start, start + maxBatch)
  }
}

async function stop({ admin, logger }: KafkaReading, feed: KafkaFeed): Promise<void> {
  try {
    await feed.stop()
    await admin.deleteGroup(feed.groupId)
  } catch (reason) {
    logger.debug({ group: feed.groupId, reason: messageOf(reason) }, 'a reader left its group behind')
  }
}
