import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import type { Effect } from '@sallyport/control'
import { readRecord, type SallyportEvent, TOPICS } from '@sallyport/events'
import { encodeCursor, type Page } from '@sallyport/http-api'
import { messageOf, SallyportError } from '@sallyport/runtime'
import { isAdminEvent } from '../domain/admin-acts.ts'
import { type AdminItem, adminItem } from '../domain/admin-item.ts'
import { type HoldEnd, holdEnds } from '../domain/hold-end.ts'
import { intentEffects } from '../domain/intent-effects.ts'
import { type StoryEvent, type StoryRow, storyEvent } from '../domain/story-event.ts'
import type { NamedCounts, Percentiles, Summary, VerdictCounts } from '../domain/summary.ts'
import { type SummaryRequest, summaryQueries } from '../domain/summary-query.ts'
import { DECIDED, type DecidedRow, type EndRow, itemsOf, type TimelineItem } from '../domain/timeline-item.ts'
import {
  actsQuery,
  endsQuery,
  eventQuery,
  holdsQuery,
  meantQuery,
  type Query,
  storyQuery,
  type TimelineRequest,
  timelineQuery,
} from '../domain/timeline-query.ts'
import { ActionNotFound, AuditQueryTooHeavy, ClickHouseUnavailable } from '../errors.ts'

/** What can be asked of the record. Throws `ClickHouseUnavailable`, `AuditQueryTooHeavy`, `ActionNotFound`. */
export interface AuditReader {
  timeline(request: TimelineRequest): Promise<Page<TimelineItem>>
  summary(request: SummaryRequest): Promise<Summary>
  /** By the id of an action, of its approval, or of one event; of an event that belongs to no action, that alone. */
  story(id: string): Promise<StoryEvent[]>
}

export interface AuditReaderOptions {
  readonly client: ClickHouseClient
  readonly tenant: string
  /** Resolves when the tables have all their columns. Throws ClickHouseUnavailable. */
  readonly tables: () => Promise<void>
  /** Whole seconds after which the engine gives a query up. */
  readonly maxSeconds: number
  readonly clock: () => Date
  /** What came of the control command at this offset, where it is known. */
  readonly effectOf: (offset: number) => Effect | undefined
}

/** An action's end may be stamped by a process whose clock is so far behind that of its decision. */
const CLOCK_SLACK_MS = 60_000
/** A call can be held for an approval that was asked for so long before. */
const LONGEST_ATTACHED_MS = 86_400_000

/** What a query ran into: a limit of time, rows, memory, or of queries at once. */
const LIMITS = new Set(['158', '159', '160', '202', '241', '307', '396'])

export function clickHouseReader(options: AuditReaderOptions): AuditReader {
  const { client, tenant, tables, maxSeconds, clock, effectOf } = options

  async function rowsOf<T>({ query, params }: Query): Promise<T[]> {
    await tables()
    try {
      const result = await client.query({
        query,
        query_params: { ...params, tenant },
        format: 'JSONEachRow',
        clickhouse_settings: {
          max_execution_time: maxSeconds,
          timeout_overflow_mode: 'throw',
          output_format_json_quote_64bit_integers: 0,
          output_format_json_quote_denormals: 0,
        },
      })
      return await result.json<T>()
    } catch (cause) {
      throw ourError(cause)
    }
  }

  /** How the actions ended. */
  async function endsOf(rows: readonly DecidedRow[]): Promise<EndRow[]> {
    const decided = rows.filter(({ action_id }) => action_id)
    const ids = decided.map(({ action_id }) => action_id)
    return ids.length === 0 ? [] : rowsOf<EndRow>(endsQuery(ids, earliestOf(decided)))
  }

  /** What has become of the approvals of held actions, by action id. */
  async function holdsOf(rows: readonly DecidedRow[]): Promise<ReadonlyMap<string, HoldEnd>> {
    const held = rows.filter(({ verdict }) => verdict === 'hold')
    if (held.length === 0) return new Map()
    const ids = held.map(({ action_id }) => action_id)
    const records = await rowsOf<RecordRow>(holdsQuery(ids, earliestOf(held), LONGEST_ATTACHED_MS))
    return holdEnds(records.flatMap(eventsOf), clock().toISOString())
  }

  /** The administrative acts, by event id. */
  async function actsOf(rows: readonly DecidedRow[]): Promise<Map<string, AdminItem>> {
    const acts = rows.filter(({ type, undecodable }) => type !== DECIDED && !undecodable)
    if (acts.length === 0) return new Map()
    const times = acts.map(({ at_ms }) => at_ms)
    const ids = acts.map(({ event_id }) => event_id)
    const records = await rowsOf<RecordRow>(actsQuery(ids, Math.min(...times), Math.max(...times)))
    const items = records.flatMap((record) =>
      eventsOf(record)
        .filter(isAdminEvent)
        .map((event) =>
          adminItem(event, record.topic === TOPICS.control ? effectOf(record.offset) : { kind: 'done' }),
        ),
    )
    // Of one that the log took twice the first counts.
    return new Map(items.reverse().map((item) => [item.eventId, item]))
  }

  /** The rows in full, with what came of those that are about an approval. */
  async function storyOf(rows: readonly StoryRow[]): Promise<StoryEvent[]> {
    const asked = rows.filter(({ topic }) => topic === TOPICS.approvals)
    const ids = asked.flatMap(({ action_id }) => action_id || [])
    const records =
      ids.length === 0 ? [] : await rowsOf<RecordRow>(holdsQuery(ids, earliestOf(asked), LONGEST_ATTACHED_MS))
    const effects = intentEffects(records.flatMap(eventsOf))
    return rows.map((row) => storyEvent(row, effects.get(row.event_id)))
  }

  return {
    async timeline(request) {
      const found = await rowsOf<DecidedRow>(timelineQuery(request))
      const rows = found.slice(0, request.limit)
      const [ends, holds, acts] = await Promise.all([endsOf(rows), holdsOf(rows), actsOf(rows)])
      const last = rows.at(-1)
      const more = found.length > rows.length && last
      return {
        items: itemsOf(rows.filter(isFirst), { ends, holds, acts }),
        next: more ? encodeCursor({ at: last.at_ms, eventId: last.event_id }) : null,
      }
    },
    async summary(request) {
      const queries = summaryQueries(request)
      const [[totals], actions, gateways, buckets] = await Promise.all([
        rowsOf<VerdictCounts & { undecodable: number; durations: number[]; holds: number[] }>(queries.totals),
        rowsOf<NamedCounts>(queries.actions),
        rowsOf<NamedCounts>(queries.gateways),
        rowsOf<VerdictCounts & { at_ms: number }>(queries.buckets),
      ])
      const { durations = [], holds = [], allow = 0, deny = 0, hold = 0, undecodable = 0 } = totals ?? {}
      return {
        since: new Date(request.since).toISOString(),
        until: new Date(request.until).toISOString(),
        intervalMs: queries.intervalMs,
        totals: { allow, deny, hold, undecodable },
        durationMs: percentiles(durations),
        holdMs: percentiles(holds),
        actions,
        gateways,
        buckets: buckets.map(({ at_ms, ...counts }) => ({ at: new Date(at_ms).toISOString(), ...counts })),
      }
    },
    async story(id) {
      const told = await rowsOf<StoryRow>(storyQuery(id))
      if (told.length > 0) return storyOf(told)
      const [found] = await rowsOf<{ action_id: string; event_id: string }>(meantQuery(id))
      if (found === undefined) throw new ActionNotFound()
      const { action_id, event_id } = found
      return storyOf(await rowsOf<StoryRow>(action_id ? storyQuery(action_id) : eventQuery(event_id)))
    },
  }
}

function earliestOf(rows: readonly Pick<DecidedRow, 'at_ms'>[]): number {
  return Math.min(...rows.map(({ at_ms }) => at_ms)) - CLOCK_SLACK_MS
}

interface RecordRow {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly record_key: string
  readonly headers: string
  readonly value: string
}

/** The event of a record; none where this release cannot read it. */
function eventsOf({ topic, record_key: key, headers, value }: RecordRow): SallyportEvent[] {
  const reading = readRecord({ topic, key, headers: JSON.parse(headers), value: Buffer.from(value) })
  return reading.kind === 'event' ? [reading.event] : []
}

/** An event that the log took twice has two rows beside each other. (LIMIT BY would have the whole table sorted.) */
function isFirst(row: DecidedRow, index: number, rows: readonly DecidedRow[]): boolean {
  return row.event_id !== rows[index - 1]?.event_id
}

/** ClickHouse gives NaN, hence null, for a quantile of nothing. */
function percentiles([p50 = null, p95 = null]: readonly (number | null)[]): Percentiles {
  return { p50, p95 }
}

function ourError(cause: unknown): Error {
  if (cause instanceof SallyportError) return cause
  if (cause instanceof ClickHouseError && LIMITS.has(cause.code)) return new AuditQueryTooHeavy({ cause })
  const why = cause instanceof ClickHouseError ? (cause.type ?? `code ${cause.code}`) : messageOf(cause)
  return new ClickHouseUnavailable(why, { cause })
}
