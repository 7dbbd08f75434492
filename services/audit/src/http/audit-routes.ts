import { type ApiPlugin, decodeCursor } from '@sallyport/http-api'
import type { Static } from 'typebox'
import type { AuditReader } from '../adapters/audit-reader.ts'
import { isCursor } from '../domain/cursor.ts'
import type { SummaryRequest } from '../domain/summary-query.ts'
import { readDuration, readTime } from '../domain/time-argument.ts'
import { readSearch, type TimelineFilter } from '../domain/timeline-filter.ts'
import type { TimelineRequest } from '../domain/timeline-query.ts'
import type { LiveTail } from '../live-tail.ts'
import {
  ActionParams,
  Story,
  SummaryAnswer,
  SummaryQuery,
  TailQuery,
  TimelinePage,
  TimelineQuery,
} from './schemas.ts'
import { streamTail } from './stream-tail.ts'

export interface AuditRoutesOptions {
  readonly reader: AuditReader
  readonly tail: LiveTail
  readonly clock: () => Date
}

/** The scopes that may read the record, besides admin. */
const config = { scopes: ['analyst', 'approver', 'bot'] as const }
const tags = ['audit']
const DAY_MS = 86_400_000

/** Timeline, summary, stories and the live tail, under `/v1`. */
export function auditRoutes({ reader, tail, clock }: AuditRoutesOptions): ApiPlugin {
  return async (server) => {
    server.get('/v1/timeline', {
      config,
      schema: {
        tags,
        summary: 'What was decided',
        querystring: TimelineQuery,
        response: { 200: TimelinePage },
      },
      handler: (request) => reader.timeline(timelineRequest(request.query, clock().getTime())),
    })

    server.get('/v1/timeline/stream', {
      config,
      schema: {
        tags,
        summary: 'What is decided from now on, as server-sent events',
        querystring: TailQuery,
        produces: ['text/event-stream'],
      },
      handler: (request, reply) => streamTail(reply, tail, filterOf(request.query)),
    })

    server.get('/v1/summary', {
      config,
      schema: {
        tags,
        summary: 'Counts and durations',
        querystring: SummaryQuery,
        response: { 200: SummaryAnswer },
      },
      handler: (request) => reader.summary(summaryRequest(request.query, clock().getTime())),
    })

    server.get('/v1/actions/:actionId', {
      config,
      schema: { tags, summary: 'Every event of one action', params: ActionParams, response: { 200: Story } },
      handler: async (request) => ({ items: await reader.story(request.params.actionId), next: null }),
    })
  }
}

function filterOf({ search, ...query }: Static<typeof TailQuery>): TimelineFilter {
  const { gateway, action, verdict, approval, risk } = query
  const named = Object.entries({ gateway, action, verdict, approval, risk }).filter(
    ([, value]) => value !== undefined,
  )
  return { ...Object.fromEntries(named), ...readSearch(search) }
}

function timelineRequest(query: Static<typeof TimelineQuery>, now: number): TimelineRequest {
  const { since, until, order = 'desc', limit = 50, cursor } = query
  return {
    filter: filterOf(query),
    order,
    limit,
    ...(since === undefined ? {} : { since: readTime('since', since, now) }),
    ...(until === undefined ? {} : { until: readTime('until', until, now) }),
    ...(cursor === undefined ? {} : { cursor: decodeCursor(cursor, isCursor) }),
  }
}

function summaryRequest(query: Static<typeof SummaryQuery>, now: number): SummaryRequest {
  // Until the end of this millisecond: an event of right now counts.
  const until = query.until === undefined ? now + 1 : readTime('until', query.until, now)
  const since = query.since === undefined ? until - DAY_MS : readTime('since', query.since, now)
  return {
    since,
    until,
    ...(query.gateway === undefined ? {} : { gateway: query.gateway }),
    ...(query.interval === undefined ? {} : { intervalMs: readDuration('interval', query.interval) }),
  }
}
