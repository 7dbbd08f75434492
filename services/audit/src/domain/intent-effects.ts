import { type ApprovalOutcome, evolve, initialState, isApprovalEvent } from '@sallyport/approval'
import type { SallyportEvent } from '@sallyport/events'

/** What came of an event about an approval; `rejected` and `repeated` changed nothing. */
export type IntentEffect =
  | { readonly kind: 'done' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'rejected'; readonly reason: string }

/**
 * What came of each event about an approval when its turn came, by event id. The events are all of the same calls, in
 * the order of the log. Of an event that the log took twice the first counts.
 */
export function intentEffects(events: readonly SallyportEvent[]): ReadonlyMap<string, IntentEffect> {
  let state = initialState({ count: Infinity, ageMs: Infinity, argumentUnits: Infinity })
  const effects = new Map<string, IntentEffect>()
  for (const event of events) {
    if (!isApprovalEvent(event)) continue
    const evolved = evolve(state, event)
    state = evolved.state
    if (!effects.has(event.id)) effects.set(event.id, effectOf(event.type, evolved.outcome))
  }
  return effects
}

const ACTS: ReadonlySet<string> = new Set([
  'sallyport.approval.voted.v2',
  'sallyport.approval.edited.v1',
  'sallyport.approval.claimed.v1',
  'sallyport.grant.given.v1',
  'sallyport.grant.used.v1',
])

/** An answer, an edit or a claim that was taken and changed nothing is one that had been given before. */
function effectOf(type: string, outcome: ApprovalOutcome): IntentEffect {
  if (!outcome.accepted) return { kind: 'rejected', reason: outcome.reason }
  return { kind: ACTS.has(type) && outcome.changed.length === 0 ? 'repeated' : 'done' }
}
