import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import { encodeCursor, type Page } from '@sallyport/http-api'
import { messageOf, SallyportError } from '@sallyport/runtime'
import { type SummaryRequest, summaryQueries } from '../domain/summary-query.ts'
import { type DecidedRow, type EndRow, itemsOf, type TimelineItem } from '../domain/timeline-item.ts'
import {
  endsQuery,
  type Query,
  storyQuery,
  type TimelineRequest,
  timelineQuery,
} from '../domain/timeline-query.ts'
import { ActionNotFound, AuditQueryTooHeavy, ClickHouseUnavailable } from '../errors.ts'

/** One event of an action's story, in full. */
export interface StoryEvent {
  readonly eventId: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly at: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly data: unknown
}

export interface VerdictCounts {
  readonly allow: number
  readonly deny: number
  readonly hold: number
}

export interface Summary {
  readonly since: string
  readonly until: string
  readonly intervalMs: number
  readonly totals: VerdictCounts & { readonly undecodable: number }
  readonly durationMs: Percentiles
  readonly holdMs: Percentiles
  readonly actions: NamedCounts[]
  readonly gateways: NamedCounts[]
  readonly buckets: (VerdictCounts & { readonly at: string })[]
}

export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

export type NamedCounts = VerdictCounts & { readonly name: string; readonly total: number }

/** What can be asked of the record. Throws `ClickHouseUnavailable`, `AuditQueryTooHeavy`, `ActionNotFound`. */
export interface AuditReader {
  timeline(request: TimelineRequest): Promise<Page<TimelineItem>>
  summary(request: SummaryRequest): Promise<Summary>
  story(actionId: string): Promise<StoryEvent[]>
}

export interface AuditReaderOptions {
  readonly client: ClickHouseClient
  readonly tenant: string
  /** Whole seconds after which the engine gives a query up. */
  readonly maxSeconds: number
}

/** An action's end may be stamped by a process whose clock is so far behind that of its decision. */
const CLOCK_SLACK_MS = 60_000

/** What a query ran into: a limit of time, rows, memory, or of queries at once. */
const LIMITS = new Set(['158', '159', '160', '202', '241', '307', '396'])

export function clickHouseReader({ client, tenant, maxSeconds }: AuditReaderOptions): AuditReader {
  async function rowsOf<T>({ query, params }: Query): Promise<T[]> {
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

  return {
    async timeline(request) {
      const found = await rowsOf<DecidedRow>(timelineQuery(request))
      const rows = found.slice(0, request.limit)
      const ids = rows.filter(({ action_id }) => action_id).map(({ action_id }) => action_id)
      const earliest = Math.min(...rows.map(({ at_ms }) => at_ms))
      const ends = ids.length === 0 ? [] : await rowsOf<EndRow>(endsQuery(ids, earliest - CLOCK_SLACK_MS))
      const last = rows.at(-1)
      const more = found.length > rows.length && last
      return {
        items: itemsOf(rows.filter(isFirst), ends),
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
    async story(actionId) {
      const rows = await rowsOf<StoryRow>(storyQuery(actionId))
      if (rows.length === 0) throw new ActionNotFound()
      return rows.map(storyEvent)
    },
  }
}

/** An event that the log took twice has two rows beside each other. (LIMIT BY would have the whole table sorted.) */
function isFirst(row: DecidedRow, index: number, rows: readonly DecidedRow[]): boolean {
  return row.event_id !== rows[index - 1]?.event_id
}

interface StoryRow {
  readonly event_id: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly at_ms: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly value: string
  readonly undecodable: string
}

function storyEvent({ event_id, at_ms, value, undecodable, ...row }: StoryRow): StoryEvent {
  const { type, source, subject, topic, partition, offset } = row
  const data: unknown = undecodable ? { undecodable } : JSON.parse(value)
  return {
    eventId: event_id,
    type,
    source,
    subject,
    at: new Date(at_ms).toISOString(),
    topic,
    partition,
    offset,
    data,
  }
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
