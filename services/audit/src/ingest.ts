import type { ClickHouseClient } from '@clickhouse/client'
import type { EventLog, Offsets } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { type Health, type Logger, messageOf, retry } from '@sallyport/runtime'
import { clickHouseEventStore } from './adapters/event-store.ts'
import { migrate } from './adapters/migrate.ts'
import { applyRetention } from './adapters/retention.ts'
import { ingestTopic, type TopicIngest } from './ingest-topic.ts'

export interface IngestServiceOptions {
  readonly log: EventLog
  readonly client: ClickHouseClient
  readonly logger: Logger
  readonly clock: () => Date
  readonly maxRows: number
  readonly maxWaitMs: number
  readonly retentionDays: number
}

export interface Ingest {
  /** Begins and returns at once: nothing of the service waits for ClickHouse. */
  start(): void
  /** Resolves when the tables are there. Until then migrations are tried again and again. */
  prepared(): Promise<void>
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

/** All topics of the log into ClickHouse, from the first migration on. */
export function createIngest(options: IngestServiceOptions): Ingest {
  const { log, client, logger, clock, maxRows, maxWaitMs } = options
  const abort = new AbortController()
  const prepared = Promise.withResolvers<void>()
  prepared.promise.catch(() => {})
  const topics = new Map<string, TopicIngest>()
  let total = 0
  let onStored: (records: number) => void = () => {}
  let fault: string | undefined = 'waiting for ClickHouse'
  let running: Promise<void> = Promise.resolve()

  const count = (records: number) => {
    total += records
    onStored(total)
  }

  async function prepare(): Promise<void> {
    const { signal } = abort
    await retry(() => answered(client), { firstMs: PING_EVERY_MS, longestMs: PING_EVERY_MS, signal })
    const migrated = async () => {
      const applied = await migrate(client)
      await applyRetention(client, options.retentionDays)
      if (applied.length > 0) logger.info({ applied }, 'ClickHouse migrations applied')
    }
    await retry(migrated, {
      firstMs: MIGRATE_EVERY_MS,
      longestMs: MIGRATE_EVERY_MS,
      signal,
      onRetry(reason) {
        fault = `the tables are not ready: ${messageOf(reason)}`
        logger.error({ reason: messageOf(reason) }, 'a migration failed')
      },
    })
  }

  async function run(): Promise<void> {
    await prepare().catch((reason: unknown) => {
      if (!abort.signal.aborted) throw reason
    })
    if (abort.signal.aborted) return
    fault = undefined
    prepared.resolve()
    const store = clickHouseEventStore(client)
    for (const topic of ALL_TOPICS)
      topics.set(topic, ingestTopic({ log, store, topic, logger, maxRows, maxWaitMs, onStored: count }))
  }

  async function lag(): Promise<{ events: number; ms: number }> {
    let events = 0
    let oldest = Number.POSITIVE_INFINITY
    for (const [topic, ingest] of topics) {
      const { stored, oldestWaiting } = ingest.progress()
      events += behind(await log.ends(topic), stored ?? {})
      oldest = Math.min(oldest, oldestWaiting ?? oldest)
    }
    const ms = events === 0 || oldest === Number.POSITIVE_INFINITY ? 0 : clock().getTime() - oldest
    return { events, ms: Math.max(0, Math.round(ms)) }
  }

  return {
    start() {
      running = run()
    },
    prepared: () => prepared.promise,
    async caughtUp() {
      await prepared.promise
      const goals = await Promise.all(
        ALL_TOPICS.map(async (topic) => [topic, await log.ends(topic)] as const),
      )
      for (const [topic, goal] of goals) await topics.get(topic)?.reached(goal)
    },
    onStored(listener) {
      onStored = listener
    },
    async health() {
      if (fault !== undefined) return { status: 'down', reason: fault }
      const { events, ms } = await lag()
      const passedOver = [...topics.values()].reduce((sum, topic) => sum + topic.progress().raw, 0)
      const facts = { lagEvents: events, lagMs: ms, passedOver }
      const stuck = [...topics.values()]
        .map((topic) => topic.progress().fault)
        .find((reason) => reason !== undefined)
      if (stuck !== undefined) return { status: 'degraded', reason: stuck, facts }
      if (ms > LATE_MS) return { status: 'degraded', reason: 'search is behind the log', facts }
      return { status: 'ok', facts }
    },
    async stop() {
      abort.abort()
      await running
      await Promise.all([...topics.values()].map((topic) => topic.stop()))
    },
  }
}

async function answered(client: ClickHouseClient): Promise<void> {
  const answer = await client.ping({ select: true })
  if (!answer.success) throw answer.error
}

function behind(ends: Offsets, stored: Offsets): number {
  return Object.entries(ends).reduce(
    (sum, [partition, end]) => sum + end - (stored[Number(partition)] ?? 0),
    0,
  )
}
