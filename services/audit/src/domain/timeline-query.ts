import { EVENTS } from '@sallyport/events'
import { ADMIN_TYPES } from './admin-acts.ts'
import type { Cursor } from './cursor.ts'
import { sqlText, sqlTexts } from './sql-text.ts'
import { likePattern, type TimelineFilter, type TimelineKind } from './timeline-filter.ts'
import { DECIDED } from './timeline-item.ts'

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

/** Its row has the attributes as they are in the log. */
const LATE = `toBool(JSONExtractString(headers, 'ce_late') = 'true') AS late`

const ITEM_COLUMNS = `event_id, type, toUnixTimestamp64Milli(time) AS at_ms, action_id, gateway, connector, upstream, action,
  tool, verdict, rule, reasons, risk, phase, decision_ms, approval_id, grant_id, answered_by, fault, arguments, meta, undecodable,
  topic, \`partition\`, \`offset\`, ${LATE}`

/** The lines of each kind. A record that cannot be read is shown with whatever else its topic has. */
const LINES: Readonly<Record<TimelineKind, string>> = {
  action: `(type = ${sqlText(DECIDED)} OR undecodable != '')`,
  admin: `(type IN (${sqlTexts(ADMIN_TYPES)}) OR (undecodable != '' AND topic != 'sallyport.actions' AND topic != 'sallyport.approvals'))`,
  all: `(type IN (${sqlTexts([DECIDED, ...ADMIN_TYPES])}) OR undecodable != '')`,
}

/** The removal of a permission names only its id; it is about what the permission was about when it was set. */
const orRemoved = (condition: string) =>
  `(${condition} OR (type = 'sallyport.permission.removed.v1' AND JSONExtractString(value, 'id') IN
    (SELECT JSONExtractString(value, 'id') FROM events
      WHERE tenant = {tenant:String} AND startsWith(type, 'sallyport.permission.set.') AND ${condition})))`

/** A kill switch for one gateway or upstream is about that one, though its event has no such member. */
const about = (thing: 'gateway' | 'upstream') =>
  `(${orRemoved(`${thing} = {${thing}:String}`)} OR (startsWith(type, 'sallyport.kill_switch.') AND JSONExtractString(value, 'scope') = concat('${thing}:', {${thing}:String})))`

const ABOUT = {
  gateway: about('gateway'),
  upstream: about('upstream'),
  action: orRemoved('action LIKE {action:String}'),
}

const CONDITIONS = {
  gateway: 'gateway = {gateway:String}',
  upstream: 'upstream = {upstream:String}',
  action: 'action LIKE {action:String}',
  verdict: 'verdict = {verdict:String}',
  approval: 'approval_id = {approval:String}',
  risk: 'risk = {risk:String}',
  words: 'hasAllTokens(search_text, {words:Array(String)})',
} as const satisfies Record<Exclude<keyof TimelineFilter, 'kind'>, string>

/** One more row than the limit is asked for: it tells whether there is a next page. */
export function timelineQuery(request: TimelineRequest): Query {
  const { order, limit, cursor, since, until } = request
  const { kind = 'action', ...filter } = request.filter
  const conditions = ['tenant = {tenant:String}', LINES[kind]]
  const params: Record<string, unknown> = { limit: limit + 1 }
  // Of actions no line has to be opened for it.
  const conditionsOf = kind === 'action' ? CONDITIONS : { ...CONDITIONS, ...ABOUT }

  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined) continue
    conditions.push(conditionsOf[name as keyof typeof CONDITIONS])
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

/** A record as the log has it, but with a request's arguments left out: they may be large, and no fold reads them. */
const RECORD_COLUMNS = `topic, \`partition\`, \`offset\`, event_id, record_key, headers,
  if(value_encoding = 'utf8', if(startsWith(type, 'sallyport.approval.requested.'), ${withoutArguments()}, value), '') AS value`

/** The records of these administrative acts, between the earliest and the latest of them. */
export function actsQuery(eventIds: readonly string[], from: number, to: number): Query {
  return {
    query: `SELECT ${RECORD_COLUMNS} FROM events
      WHERE tenant = {tenant:String} AND time >= fromUnixTimestamp64Milli({from:Int64})
        AND time <= fromUnixTimestamp64Milli({to:Int64}) AND event_id IN {event_ids:Array(String)}
      ORDER BY topic, \`partition\`, \`offset\``,
    params: { from, to, event_ids: eventIds },
  }
}

/**
 * The records of the approvals of the calls that these actions are, in the order of the log. The actions asked after
 * `since`; a repeated call waits for an approval that was asked for up to `attachedMs` before.
 */
export function holdsQuery(actionIds: readonly string[], since: number, attachedMs: number): Query {
  return {
    query: `SELECT ${RECORD_COLUMNS} FROM events
      WHERE tenant = {tenant:String} AND time >= fromUnixTimestamp64Milli({earliest:Int64})
        AND topic = 'sallyport.approvals' AND undecodable = '' AND call_digest IN
          (SELECT call_digest FROM events WHERE tenant = {tenant:String}
            AND time >= fromUnixTimestamp64Milli({since:Int64}) AND topic = 'sallyport.approvals'
            AND action_id IN {action_ids:Array(String)})
      ORDER BY topic, \`partition\`, \`offset\``,
    params: { since, earliest: since - attachedMs, action_ids: [...new Set(actionIds)] },
  }
}

function withoutArguments(): string {
  const { required } = EVENTS['sallyport.approval.requested.v2'].schema
  const folded = [...required.filter((member) => member !== 'arguments'), 'grantable']
  const kept = sqlTexts(folded)
  const members = `arrayFilter(m -> m.1 IN (${kept}), JSONExtractKeysAndValuesRaw(value))`
  return `concat('{"arguments":null', arrayStringConcat(arrayMap(m -> concat(',', toJSONString(m.1), ':', m.2), ${members})), '}')`
}

const STORY_COLUMNS = `event_id, action_id, type, source, subject, toUnixTimestamp64Milli(time) AS at_ms, topic, \`partition\`, \`offset\`,
        value, value_encoding, undecodable, ${LATE}`

/** Every event of an action, and of the approvals it asked for; of a grant not what other actions used it for. */
export function storyQuery(actionId: string): Query {
  return {
    query: `SELECT ${STORY_COLUMNS}
      FROM events
      WHERE tenant = {tenant:String} AND (action_id = {action_id:String} OR (approval_id != '' AND topic = 'sallyport.approvals' AND approval_id IN
        (SELECT approval_id FROM events WHERE tenant = {tenant:String} AND action_id = {action_id:String})))
        AND (type != 'sallyport.grant.used.v1' OR action_id = {action_id:String})
      ORDER BY time, appended_at, topic, \`partition\`, \`offset\`
      LIMIT 1 BY event_id LIMIT 1000`,
    params: { action_id: actionId },
  }
}

/** The action that is meant by the id of its approval or of an event; of an event without an action, the event. */
export function meantQuery(id: string): Query {
  return {
    query: `SELECT action_id, event_id FROM events
      WHERE tenant = {tenant:String} AND (event_id = {id:String} OR (approval_id != '' AND approval_id IN
        (SELECT approval_id FROM events WHERE tenant = {tenant:String} AND (approval_id = {id:String} OR event_id = {id:String}))))
      ORDER BY action_id = '', time LIMIT 1`,
    params: { id },
  }
}

export function eventQuery(eventId: string): Query {
  return {
    query: `SELECT ${STORY_COLUMNS} FROM events
      WHERE tenant = {tenant:String} AND event_id = {event_id:String} LIMIT 1`,
    params: { event_id: eventId },
  }
}
