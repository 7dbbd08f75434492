import type { Cursor } from './cursor.ts'
import { likePattern, type TimelineFilter } from './timeline-filter.ts'

export interface TimelineRequest {
  readonly filter: TimelineFilter
  /** Milliseconds since the epoch: from, inclusive; until, exclusive. */
  readonly since?: number
  readonly until?: number
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly cursor?: Cursor
}

/**
 * A query and its parameters. The text is put together of fixed pieces; a caller's words are in the parameters only.
 * The reader adds the parameter `tenant`.
 */
export interface Query {
  readonly query: string
  readonly params: Readonly<Record<string, unknown>>
}

const DECIDED = 'sallyport.action.decided.v1'
const ITEM_COLUMNS = `event_id, toUnixTimestamp64Milli(time) AS at_ms, action_id, gateway, connector, upstream, action,
  tool, verdict, rule, reasons, risk, phase, decision_ms, approval_id, answered_by, fault, arguments, undecodable,
  topic, \`partition\`, \`offset\``

const CONDITIONS = {
  gateway: 'gateway = {gateway:String}',
  action: 'action LIKE {action:String}',
  verdict: 'verdict = {verdict:String}',
  approval: 'approval_id = {approval:String}',
  risk: 'risk = {risk:String}',
  words: 'hasAllTokens(search_text, {words:Array(String)})',
} as const satisfies Record<keyof TimelineFilter, string>

/** One more row than the limit is asked for: it tells whether there is a next page. */
export function timelineQuery(request: TimelineRequest): Query {
  const { order, limit, cursor, since, until } = request
  const conditions = ['tenant = {tenant:String}', `(type = '${DECIDED}' OR undecodable != '')`]
  const params: Record<string, unknown> = { limit: limit + 1 }

  for (const [name, value] of Object.entries(request.filter)) {
    if (value === undefined) continue
    conditions.push(CONDITIONS[name as keyof TimelineFilter])
    params[name] = name === 'action' ? likePattern(String(value)) : value
  }
  if (since !== undefined) {
    conditions.push('time >= fromUnixTimestamp64Milli({since:Int64})')
    params['since'] = since
  }
  if (until !== undefined) {
    conditions.push('time < fromUnixTimestamp64Milli({until:Int64})')
    params['until'] = until
  }
  if (cursor) {
    const [bound, beyond] = order === 'desc' ? ['<=', '<'] : ['>=', '>']
    // The first condition says no more than the second, but it is the one that the primary key understands.
    conditions.push(`time ${bound} fromUnixTimestamp64Milli({cursor_at:Int64})`)
    conditions.push(
      `(time, event_id) ${beyond} (fromUnixTimestamp64Milli({cursor_at:Int64}), {cursor_id:String})`,
    )
    params['cursor_at'] = cursor.at
    params['cursor_id'] = cursor.eventId
  }
  const way = order === 'desc' ? 'DESC' : 'ASC'
  // By the hour first: that is how the table is sorted, so it is read from one end and no further than needed.
  return {
    query: `SELECT ${ITEM_COLUMNS} FROM events WHERE ${conditions.join(' AND ')}
      ORDER BY toStartOfHour(time) ${way}, time ${way}, event_id ${way}
      LIMIT {limit:UInt32}`,
    params,
  }
}

/** The completions and aborts of these actions, the earliest of which was decided at `since`. */
export function endsQuery(actionIds: readonly string[], since: number): Query {
  return {
    query: `SELECT action_id, type, phase, outcome, duration_ms, held_ms FROM events
      WHERE tenant = {tenant:String} AND time >= fromUnixTimestamp64Milli({since:Int64})
        AND type IN ('sallyport.action.completed.v1', 'sallyport.action.aborted.v1')
        AND action_id IN {action_ids:Array(String)}
      ORDER BY time`,
    params: { since, action_ids: [...new Set(actionIds)] },
  }
}

/** Every event of an action, and of the approvals it asked for. */
export function storyQuery(actionId: string): Query {
  return {
    query: `SELECT event_id, type, source, subject, toUnixTimestamp64Milli(time) AS at_ms, topic, \`partition\`, \`offset\`,
        value, value_encoding, undecodable
      FROM events
      WHERE tenant = {tenant:String} AND (action_id = {action_id:String} OR (approval_id != '' AND topic = 'sallyport.approvals' AND approval_id IN
        (SELECT approval_id FROM events WHERE tenant = {tenant:String} AND action_id = {action_id:String})))
      ORDER BY time, appended_at, topic, \`partition\`, \`offset\`
      LIMIT 1 BY event_id LIMIT 1000`,
    params: { action_id: actionId },
  }
}
