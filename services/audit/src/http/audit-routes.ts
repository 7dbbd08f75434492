import { type ControlState, UpstreamNotRegistered } from '@sallyport/control'
import { type ApiPlugin, decodeCursor } from '@sallyport/http-api'
import type { Static } from 'typebox'
import type { AuditReader } from '../adapters/audit-reader.ts'
import { isCursor } from '../domain/cursor.ts'
import type { SummaryRequest } from '../domain/summary-query.ts'
import { readDuration, readTime } from '../domain/time-argument.ts'
import { readSearch, type TimelineFilter } from '../domain/timeline-filter.ts'
import type { TimelineRequest } from '../domain/timeline-query.ts'
import { AuditFilterInvalid } from '../errors.ts'
import type { LiveTail } from '../live-tail.ts'
import type { RecordWatch } from '../record-watch.ts'
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
  readonly record: Pick<RecordWatch, 'requireWhole'>
  readonly reader: AuditReader
  readonly tail: LiveTail
  readonly clock: () => Date
  /** Those that are registered, by name. */
  readonly upstreams: () => ControlState['upstreams']
}

const ofGateways = { knownGateway: true }
const tags = ['audit']
const DAY_MS = 86_400_000

/** Timeline, summary, stories and the live tail, under `/v1`. */
export function auditRoutes({ record, reader, tail, clock, upstreams }: AuditRoutesOptions): ApiPlugin {
  return async (server) => {
    // A record that is not what was written is shown when an operator has accepted that.
    server.addHook('preHandler', async () => record.requireWhole())
    server.get('/v1/timeline', {
      config: ofGateways,
      schema: {
        tags,
        summary: 'What was decided, and what was administered',
        querystring: TimelineQuery,
        response: { 200: TimelinePage },
      },
      async handler({ query }) {
        const page = await reader.timeline(timelineRequest(query, clock().getTime()))
        if (page.items.length === 0 && query.cursor === undefined)
          checkRegistered(upstreams(), query.upstream)
        return page
      },
    })

    server.get('/v1/timeline/stream', {
      config: ofGateways,
      schema: {
        tags,
        summary: 'What is decided and administered from now on, as server-sent events',
        querystring: TailQuery,
        produces: ['text/event-stream'],
      },
      async handler({ query }, reply) {
        checkRegistered(upstreams(), query.upstream)
        return streamTail(reply, tail, filterOf(query))
      },
    })

    server.get('/v1/summary', {
      config: ofGateways,
      schema: {
        tags,
        summary: 'Counts and durations',
        querystring: SummaryQuery,
        response: { 200: SummaryAnswer },
      },
      handler: (request) => reader.summary(summaryRequest(request.query, clock().getTime())),
    })

    server.get('/v1/actions/:actionId', {
      schema: {
        tags,
        summary: 'Every event of one action, by its id, the id of its approval or of one of its events',
        params: ActionParams,
        response: { 200: Story },
      },
      handler: async (request) => ({ items: await reader.story(request.params.actionId), next: null }),
    })
  }
}

/** Throws UpstreamNotRegistered. A removed upstream has a record, and one that never was has none. */
function checkRegistered(upstreams: ControlState['upstreams'], name: string | undefined): void {
  if (name !== undefined && !upstreams.has(name)) throw new UpstreamNotRegistered(name, upstreams.keys())
}

function filterOf({ search, ...query }: Static<typeof TailQuery>): TimelineFilter {
  const { kind, gateway, upstream, action, verdict, approval, risk } = query
  const named = Object.entries({ kind, gateway, upstream, action, verdict, approval, risk }).filter(
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
    ...periodOf(since, until, now),
    ...(cursor === undefined ? {} : { cursor: decodeCursor(cursor, isCursor) }),
  }
}

/** Throws AuditFilterInvalid where the period ends before it begins, as nothing can be in it. */
function periodOf(since: string | undefined, until: string | undefined, now: number) {
  const from = since === undefined ? undefined : readTime('since', since, now)
  const to = until === undefined ? undefined : readTime('until', until, now)
  if (from !== undefined && to !== undefined && from > to)
    throw new AuditFilterInvalid('since', 'is after until')
  return { ...(from === undefined ? {} : { since: from }), ...(to === undefined ? {} : { until: to }) }
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
