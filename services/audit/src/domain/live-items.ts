import type { Effect } from '@sallyport/control'
import { type SallyportEvent, TOPICS } from '@sallyport/events'
import { BoundedMap } from '@sallyport/runtime'
import type { AdminEvent } from './admin-acts.ts'
import { adminItem } from './admin-item.ts'
import { likeMatches } from './like-matches.ts'
import { searchWordsOf } from './search-text.ts'
import { wordsIn } from './search-words.ts'
import { shownJson } from './shown-json.ts'
import type { TimelineFilter } from './timeline-filter.ts'
import type { DecidedItem, TimelineItem, UndecodableItem } from './timeline-item.ts'

/** An item that is complete enough to be shown, with the words it can be found by. */
export interface LiveItem {
  readonly item: TimelineItem
  readonly words: ReadonlySet<string>
}

type Decided = Extract<SallyportEvent, { type: 'sallyport.action.decided.v1' }>
type Ended = Extract<
  SallyportEvent,
  { type: 'sallyport.action.completed.v1' | 'sallyport.action.aborted.v1' }
>

/** How many allowed actions may be on their way at once before the oldest are shown without their decision. */
const REMEMBERED = 10_000

/**
 * Turns events, in the order of the log, into items to show at once. A held or denied action is shown when it is
 * decided, an allowed one when it ends. A hold that was given up is shown a second time.
 */
export class LiveItems {
  readonly #open = new BoundedMap<string, Decided>(REMEMBERED)

  next(event: SallyportEvent): LiveItem | undefined {
    switch (event.type) {
      case 'sallyport.action.decided.v1':
        if (event.data.verdict !== 'deny') this.#open.set(event.data.actionId, event)
        return event.data.verdict === 'allow' ? undefined : live(event, undefined)
      case 'sallyport.action.completed.v1':
      case 'sallyport.action.aborted.v1': {
        const decided = this.#open.get(event.data.actionId)
        this.#open.delete(event.data.actionId)
        return live(decided ?? event, event)
      }
      default:
        return undefined
    }
  }
}

function live(event: Decided | Ended, end: Ended | undefined): LiveItem {
  const decided = event.type === 'sallyport.action.decided.v1' ? event.data : undefined
  const { data } = event
  const item: DecidedItem = {
    kind: 'action',
    eventId: event.id,
    actionId: data.actionId,
    at: event.time,
    gateway: data.gateway.name,
    connector: data.connector,
    upstream: data.upstream,
    action: data.action,
    tool: decided?.tool ?? null,
    verdict: data.verdict,
    rule: data.rule,
    reasons: [...data.reasons],
    risk: data.risk,
    phase: decided?.phase ?? 'initial',
    decisionMs: decided?.decisionMs ?? null,
    durationMs: end?.data.durationMs ?? null,
    heldMs: end?.type === 'sallyport.action.completed.v1' ? end.data.heldMs : null,
    outcome: outcomeOf(end),
    approvalId: data.approvalId,
    grantId: data.grantId ?? null,
    answeredBy: data.answeredBy,
    fault: decided?.fault ?? null,
    late: event.late === true,
    holdEnd: null,
    arguments: argumentsOf(decided),
    meta: shownJson(decided?.meta),
  }
  return { item, words: new Set(searchWordsOf(event)) }
}

function argumentsOf(decided: Decided['data'] | undefined): unknown {
  const { argumentsText, arguments: given = null } = decided ?? {}
  return argumentsText === undefined ? given : shownJson(argumentsText)
}

function outcomeOf(end: Ended | undefined): string | null {
  if (!end) return null
  return end.type === 'sallyport.action.completed.v1' ? end.data.outcome : 'aborted'
}

/** The item of a record that cannot be read as an event. */
export function liveUndecodable(item: UndecodableItem): LiveItem {
  return { item, words: new Set(wordsIn(item.undecodable.reason)) }
}

/** The item of an administrative act. */
export function liveAct(event: AdminEvent, effect: Effect | undefined): LiveItem {
  return { item: adminItem(event, effect), words: new Set(searchWordsOf(event)) }
}

/** The filter of a timeline, for one item: the same answer as ClickHouse gives. */
export function isWanted(filter: TimelineFilter, { item, words }: LiveItem): boolean {
  const { kind = 'action', gateway, upstream, action, verdict, approval, risk } = filter
  if (!(filter.words ?? []).every((word) => words.has(word))) return false
  if (item.kind === 'undecodable') {
    const { topic } = item.undecodable
    if (kind === 'admin' && (topic === TOPICS.actions || topic === TOPICS.approvals)) return false
    return [gateway, upstream, action, verdict, approval, risk].every((wanted) => wanted === undefined)
  }
  if (kind !== 'all' && kind !== item.kind) return false
  const { verdict: given, approvalId, risk: rated } = item.kind === 'action' ? item : NO_ACTION
  return (
    (gateway === undefined || item.gateway === gateway) &&
    (upstream === undefined || item.upstream === upstream) &&
    (action === undefined || likeMatches(action, item.action ?? '')) &&
    (verdict === undefined || given === verdict) &&
    (approval === undefined || approvalId === approval) &&
    (risk === undefined || rated === risk)
  )
}

/** An act has none of these, so that a filter by one of them leaves it out. */
const NO_ACTION = { verdict: null, approvalId: null, risk: null }
