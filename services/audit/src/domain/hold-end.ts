import {
  type Approval,
  type ApprovalOutcome,
  type ApprovalStatus,
  atInstant,
  evolve,
  type Grant,
  initialState,
  isApprovalEvent,
} from '@sallyport/approval'
import type { SallyportEvent } from '@sallyport/events'

/** What has become of the approval that a held action asked for. */
export interface HoldEnd {
  readonly status: ApprovalStatus
  /** The person or bot that answered or called it off. */
  readonly by: string | null
  /** When it was answered, called off or over; null while it is pending. */
  readonly at: string | null
  readonly reason: string | null
}

/**
 * How the approvals that held actions wait for have ended, by action id. The events are all of the same calls, in the
 * order of the log: a repeated call waits for the approval that is open for it, and not for one of its own.
 */
export function holdEnds(events: readonly SallyportEvent[], now: string): ReadonlyMap<string, HoldEnd> {
  let state = initialState({ count: Infinity, ageMs: Infinity, argumentUnits: Infinity })
  const waitsFor = new Map<string, string>()
  const granted = new Map<string, HoldEnd>()
  for (const event of events) {
    if (!isApprovalEvent(event)) continue
    const evolved = evolve(state, event)
    state = evolved.state
    const { accepted, approvalId } = evolved.outcome
    if (accepted && event.type === 'sallyport.approval.requested.v2')
      waitsFor.set(event.data.actionId, approvalId)
    if (event.type === 'sallyport.grant.used.v1' && wasUsed(evolved.outcome))
      granted.set(event.data.actionId, usedEnd(state.grants.get(event.data.grantId), event.time))
  }
  const asked = [...waitsFor].flatMap(([actionId, approvalId]) => {
    const approval = state.approvals.get(approvalId)
    return approval === undefined ? [] : [[actionId, endOf(atInstant(approval, now))] as const]
  })
  return new Map([...asked, ...granted])
}

/** A grant may be older than the events at hand: then whoever used it had it from an instance that knew it. */
function wasUsed(outcome: ApprovalOutcome): boolean {
  return outcome.accepted || outcome.kind === 'not_found'
}

function usedEnd(grant: Grant | undefined, at: string): HoldEnd {
  return { status: 'consumed', by: grant?.approvers.at(-1)?.name ?? null, at, reason: null }
}

function endOf({ status, answer, cancellation, endedAt }: Approval): HoldEnd {
  switch (status) {
    case 'pending':
      return { status, by: null, at: null, reason: null }
    case 'expired':
      return { status, by: null, at: endedAt, reason: null }
    case 'cancelled':
    case 'revoked':
      return {
        status,
        by: cancellation?.actor.name ?? null,
        at: cancellation?.at ?? endedAt,
        reason: cancellation?.reason ?? null,
      }
    case 'approved':
    case 'denied':
    case 'consumed':
    case 'lapsed':
      return {
        status,
        by: answer?.actor.name ?? null,
        at: answer?.at ?? endedAt,
        reason: answer?.reason ?? null,
      }
  }
}
