import { setTimeout as delay } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import {
  type AnyDestination,
  type Consumer,
  EventRefused,
  type Feed,
  startConsumer,
} from '@sallyport/delivery'
import type { EventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { type Health, type Logger, messageOf, retry } from '@sallyport/runtime'
import { clickHouseEventStore, type EventStore } from './adapters/event-store.ts'
import { migrate } from './adapters/migrate.ts'
import { applyRetention } from './adapters/retention.ts'
import { recordAt } from './destinations/record-at.ts'
import { eventIdOf } from './domain/record-identity.ts'
import { ClickHouseUnavailable, LogIsAnother } from './errors.ts'

export interface IngestServiceOptions {
  readonly log: EventLog
  readonly client: ClickHouseClient
  /** How records get from the log into ClickHouse. */
  readonly path: IngestPath
  readonly logger: Logger
  readonly clock: () => Date
  readonly maxRows: number
  readonly maxWaitMs: number
  readonly retentionDays: number
}

/** What stands between the log and ClickHouse, chosen where the engines are. */
export interface IngestPath {
  readonly destination: AnyDestination
  /** Makes in ClickHouse what the destination needs besides the tables. */
  prepare(): Promise<void>
  feed(store: EventStore): Feed
}

export interface Ingest {
  /** Begins and returns at once: nothing of the service waits for ClickHouse. */
  start(): void
  /** Resolves when the tables are there. Until then migrations are tried again and again. */
  prepared(): Promise<void>
  /** The same for a question that was asked meanwhile. Throws ClickHouseUnavailable, with the reason, after some seconds. */
  tables(): Promise<void>
  /** Resolves when everything that is in the log now can be searched. */
  caughtUp(): Promise<void>
  /** Calls back with the number of records stored since the start, whenever it grows. */
  onStored(listener: (records: number) => void): void
  health(): Promise<Health>
  stop(): Promise<void>
}

const ALL_TOPICS = Object.values(TOPICS)
const PING_EVERY_MS = 100
const MIGRATE_EVERY_MS = 500
/** Farther behind than this is worth a person's attention. */
const LATE_MS = 10_000
/** Each insert has the price of some thousand rows, whatever is in it: under load they are few. */
const BUSY_ROWS = 50
const BUSY_WAITS = 15
const MAX_BYTES = 8 * 1024 * 1024
const COUNT_EVERY_MS = 30_000
/** A question of the first moments waits for the tables and is not refused. */
const LONGEST_WAIT_MS = 3000

/** All topics of the log into ClickHouse, from the first migration on. */
export function createIngest(options: IngestServiceOptions): Ingest {
  const { log, client, path, logger, clock, maxRows, maxWaitMs } = options
  const abort = new AbortController()
  const prepared = Promise.withResolvers<void>()
  prepared.promise.catch(() => {})
  const store = clickHouseEventStore(client)
  let consumer: Consumer | undefined
  let total = 0
  let onStored: (records: number) => void = () => {}
  let fault: string | undefined = 'waiting for ClickHouse'
  let running: Promise<void> = Promise.resolve()
  const unread = everySoOften(() => store.unread(), COUNT_EVERY_MS)

  async function prepare(): Promise<void> {
    const { signal } = abort
    await retry(() => answered(client), { firstMs: PING_EVERY_MS, longestMs: PING_EVERY_MS, signal })
    const migrated = async () => {
      const applied = await migrate(client)
      await applyRetention(client, options.retentionDays)
      if (applied.length > 0) logger.info({ applied }, 'ClickHouse migrations applied')
      await path.prepare()
      await assertSameLog(log, store, signal)
    }
    await retry(migrated, {
      firstMs: MIGRATE_EVERY_MS,
      longestMs: MIGRATE_EVERY_MS,
      signal,
      onRetry(reason) {
        fault = `the tables are not ready: ${messageOf(reason)}`
        logger.error({ reason: messageOf(reason) }, 'the tables are not ready')
      },
    })
  }

  async function run(): Promise<void> {
    await prepare().catch((reason: unknown) => {
      if (!abort.signal.aborted) throw reason
    })
    if (abort.signal.aborted) return
    fault = undefined
    consumer = startConsumer({
      name: 'clickhouse',
      topics: ALL_TOPICS,
      destination: counting(path.destination, (records) => {
        total += records
        onStored(total)
      }),
      feed: path.feed(store),
      log,
      limits: {
        maxCount: maxRows,
        maxBytes: MAX_BYTES,
        lingerMs: maxWaitMs,
        busy: { count: BUSY_ROWS, lingerMs: maxWaitMs * BUSY_WAITS },
      },
      lateMs: LATE_MS,
      clock,
      logger,
    })
    prepared.resolve()
  }

  return {
    start() {
      running = run()
    },
    prepared: () => prepared.promise,
    async tables() {
      if (consumer !== undefined) return
      const waited = delay(LONGEST_WAIT_MS, 'too long' as const, { ref: false })
      if ((await Promise.race([prepared.promise, waited])) === 'too long')
        throw new ClickHouseUnavailable(fault ?? 'the tables are not ready')
    },
    async caughtUp() {
      await prepared.promise
      await consumer?.caughtUp()
    },
    onStored(listener) {
      onStored = listener
    },
    async health() {
      if (fault !== undefined || !consumer) return { status: 'down', reason: fault ?? 'it has not begun' }
      const health = await consumer.health()
      return { ...health, facts: { ...health.facts, passedOver: await unread() } }
    },
    async stop() {
      abort.abort()
      await running
      await consumer?.stop()
    },
  }
}

async function answered(client: ClickHouseClient): Promise<void> {
  const answer = await client.ping({ select: true })
  if (!answer.success) throw answer.error
}

/**
 * Nothing of a log is passed over because the tables have as much of another one. They are compared at their last
 * record, so a log that was taken back is known also when it has come as far again.
 */
async function assertSameLog(log: EventLog, store: EventStore, signal: AbortSignal): Promise<void> {
  for (const topic of ALL_TOPICS) {
    const [ends, stored] = await Promise.all([log.ends(topic), store.lastStored(topic)])
    for (const { partition, offset, eventId } of stored) {
      if (offset >= (ends[partition] ?? 0)) throw new LogIsAnother(topic, 'has more than the log')
      const record = await recordAt(log, { topic, partition, offset }, signal).catch(unlessRefused)
      // Records that an operator's retention took cannot be compared.
      if (record !== undefined && eventIdOf(record) !== eventId)
        throw new LogIsAnother(topic, 'has other records than the log')
    }
  }
}

function unlessRefused(reason: unknown): undefined {
  if (reason instanceof EventRefused) return undefined
  throw reason
}

function counting(destination: AnyDestination, count: (records: number) => void): AnyDestination {
  const counted = async (range: { from: number; to: number }, delivering: Promise<void>) => {
    await delivering
    count(range.to - range.from)
  }
  if (destination.takes === 'records')
    return {
      takes: 'records',
      deliver: (batch, attempt) => counted(batch, destination.deliver(batch, attempt)),
    }
  return { takes: 'ranges', deliver: (range, attempt) => counted(range, destination.deliver(range, attempt)) }
}

/** Asks at most once in so many milliseconds; in between, and where asking fails, it gives what was known. */
function everySoOften(ask: () => Promise<number>, ms: number): () => Promise<number> {
  let known = 0
  let askedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - askedAt < ms) return known
    askedAt = performance.now()
    known = await ask().catch(() => known)
    return known
  }
}
