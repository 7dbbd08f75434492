import type { Outcome, Risk } from '@sallyport/policy/words'
import type { AdminItem } from './admin-item.ts'
import type { HoldEnd } from './hold-end.ts'
import { shownJson } from './shown-json.ts'

export const DECIDED = 'sallyport.action.decided.v1'

/** One decided action, with what became of it as far as it is known. */
export interface DecidedItem {
  readonly kind: 'action'
  readonly eventId: string
  readonly actionId: string
  /** RFC 3339, UTC. */
  readonly at: string
  readonly gateway: string
  readonly connector: string
  readonly upstream: string
  readonly action: string
  readonly tool: string | null
  readonly verdict: Outcome
  readonly rule: string
  readonly reasons: string[]
  readonly risk: Risk
  readonly phase: 'initial' | 'resumed'
  readonly decisionMs: number | null
  readonly durationMs: number | null
  readonly heldMs: number | null
  /** `ok`, `tool_error`, `rpc_error`, `upstream_error`, `timeout` or `aborted`; null while it is not known. */
  readonly outcome: string | null
  readonly approvalId: string | null
  /** The grant that let it go on, which was born of that approval. */
  readonly grantId: string | null
  readonly answeredBy: string | null
  readonly fault: string | null
  /** Recorded after the fact: the log could not be written when it was decided. */
  readonly late: boolean
  /** Of a held action; null of others, and where its approval is not known yet. */
  readonly holdEnd: HoldEnd | null
  /** Redacted, with the numbers as they were sent. */
  readonly arguments: unknown
  /** The `_meta` of an MCP message, redacted; null without one. */
  readonly meta: unknown
}

/** A record of the log that is not an event of ours. */
export interface UndecodableItem {
  readonly kind: 'undecodable'
  readonly eventId: string
  readonly at: string
  readonly undecodable: {
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly reason: string
  }
}

export type TimelineItem = DecidedItem | AdminItem | UndecodableItem

/** What a timeline reads of a decision, of an administrative act or of an undecodable record. */
export interface DecidedRow {
  readonly event_id: string
  readonly type: string
  readonly at_ms: number
  readonly action_id: string
  readonly gateway: string
  readonly connector: string
  readonly upstream: string
  readonly action: string
  readonly tool: string
  readonly verdict: string
  readonly rule: string
  readonly reasons: string[]
  readonly risk: string
  readonly phase: string
  readonly decision_ms: number | null
  readonly approval_id: string
  readonly grant_id: string
  readonly answered_by: string
  readonly fault: string
  readonly arguments: string
  readonly meta: string
  readonly undecodable: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly late: boolean
}

/** What it reads of a completion or an abort. */
export interface EndRow {
  readonly action_id: string
  readonly type: string
  readonly phase: string
  readonly outcome: string
  readonly duration_ms: number | null
  readonly held_ms: number | null
}

/** What belongs to the rows of a page: how actions and holds ended, by action id, and the acts, by event id. */
export interface Companions {
  readonly ends: readonly EndRow[]
  readonly holds: ReadonlyMap<string, HoldEnd>
  readonly acts: ReadonlyMap<string, AdminItem>
}

/** Puts to each row what belongs to it. An act that cannot be read as an event any more is left out. */
export function itemsOf(rows: readonly DecidedRow[], { ends, holds, acts }: Companions): TimelineItem[] {
  const ended = new Map(ends.map((end) => [`${end.action_id} ${endedVerdict(end)}`, end]))
  return rows.flatMap((row) => {
    if (row.undecodable) return undecodableItem(row)
    if (row.type !== DECIDED) return acts.get(row.event_id) ?? []
    const hold = row.verdict === 'hold' ? holds.get(row.action_id) : undefined
    return decidedItem(row, ended.get(`${row.action_id} ${row.verdict}`), hold)
  })
}

/** An action given up while it was held ends its hold; every other end is that of what was allowed. */
export function endedVerdict(end: Pick<EndRow, 'phase'>): Outcome {
  return end.phase === 'held' ? 'hold' : 'allow'
}

function decidedItem(row: DecidedRow, end: EndRow | undefined, hold: HoldEnd | undefined): DecidedItem {
  return {
    kind: 'action',
    eventId: row.event_id,
    actionId: row.action_id,
    at: new Date(row.at_ms).toISOString(),
    gateway: row.gateway,
    connector: row.connector,
    upstream: row.upstream,
    action: row.action,
    tool: row.tool || null,
    verdict: row.verdict as Outcome,
    rule: row.rule,
    reasons: row.reasons,
    risk: row.risk as Risk,
    phase: row.phase as DecidedItem['phase'],
    decisionMs: row.decision_ms,
    durationMs: end?.duration_ms ?? null,
    heldMs: end?.held_ms ?? null,
    outcome: end?.outcome ?? null,
    approvalId: row.approval_id || null,
    grantId: row.grant_id || null,
    answeredBy: row.answered_by || null,
    fault: row.fault || null,
    late: row.late,
    holdEnd: hold ?? null,
    arguments: shownJson(row.arguments),
    meta: shownJson(row.meta),
  }
}

function undecodableItem(row: DecidedRow): UndecodableItem {
  const { event_id: eventId, at_ms, topic, partition, offset, undecodable: reason } = row
  const place = { topic, partition, offset, reason }
  return { kind: 'undecodable', eventId, at: new Date(at_ms).toISOString(), undecodable: place }
}
