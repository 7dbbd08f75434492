import type { Query } from './timeline-query.ts'

export interface SummaryRequest {
  /** Milliseconds since the epoch: from, inclusive; until, exclusive. */
  readonly since: number
  readonly until: number
  readonly gateway?: string
  /** The width of a bucket in milliseconds; chosen by the range where it is absent. */
  readonly intervalMs?: number
}

export interface SummaryQueries {
  readonly intervalMs: number
  readonly totals: Query
  readonly actions: Query
  readonly gateways: Query
  readonly buckets: Query
}

const TOP = 20
const MAX_BUCKETS = 1000
/** What a person reads off a chart: about sixty buckets of a round width. */
const AIM = 60
const WIDTHS = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 86_400, 604_800].map(
  (seconds) => seconds * 1000,
)

const COUNTS = `countIf(verdict = 'allow') AS allow, countIf(verdict = 'deny') AS deny, countIf(verdict = 'hold') AS hold`
const DECIDED = `type = 'sallyport.action.decided.v1'`

export function summaryQueries(request: SummaryRequest): SummaryQueries {
  const { since, until, gateway } = request
  const intervalMs = bucketWidth(until - since, request.intervalMs)
  const range = `tenant = {tenant:String} AND time >= fromUnixTimestamp64Milli({since:Int64})
    AND time < fromUnixTimestamp64Milli({until:Int64})${gateway === undefined ? '' : ' AND gateway = {gateway:String}'}`
  const params = { since, until, ...(gateway === undefined ? {} : { gateway }) }
  const top = { ...params, top: TOP }
  return {
    intervalMs,
    totals: {
      query: `SELECT countIf(${DECIDED} AND verdict = 'allow') AS allow, countIf(${DECIDED} AND verdict = 'deny') AS deny,
          countIf(${DECIDED} AND verdict = 'hold') AS hold, countIf(undecodable != '') AS undecodable,
          quantilesIf(0.5, 0.95)(assumeNotNull(duration_ms), type = 'sallyport.action.completed.v1') AS durations,
          quantilesIf(0.5, 0.95)(assumeNotNull(held_ms), type = 'sallyport.action.completed.v1' AND held_ms > 0) AS holds
        FROM events WHERE ${range}`,
      params,
    },
    actions: {
      query: `SELECT action AS name, count() AS total, ${COUNTS} FROM events WHERE ${range} AND ${DECIDED}
        GROUP BY name ORDER BY total DESC, name LIMIT {top:UInt32}`,
      params: top,
    },
    gateways: {
      query: `SELECT gateway AS name, count() AS total, ${COUNTS} FROM events WHERE ${range} AND ${DECIDED}
        GROUP BY name ORDER BY total DESC, name LIMIT {top:UInt32}`,
      params: top,
    },
    buckets: {
      query: `SELECT intDiv(toUnixTimestamp64Milli(time), {width:Int64}) * {width:Int64} AS at_ms, ${COUNTS}
        FROM events WHERE ${range} AND ${DECIDED} GROUP BY at_ms ORDER BY at_ms`,
      params: { ...params, width: intervalMs },
    },
  }
}

function bucketWidth(range: number, wanted: number | undefined): number {
  const least = Math.ceil(Math.max(range, 1) / MAX_BUCKETS)
  if (wanted !== undefined) return Math.max(wanted, least)
  return WIDTHS.find((width) => range / width <= AIM) ?? Math.max(least, WIDTHS.at(-1) ?? least)
}
