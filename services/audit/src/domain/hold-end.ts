import {
  type Approval,
  type ApprovalStatus,
  atInstant,
  evolve,
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

/** The approval as its events tell it, in the order of the log; undefined where its request is not among them. */
export function holdEnd(
  approvalId: string,
  events: readonly SallyportEvent[],
  now: string,
): HoldEnd | undefined {
  let state = initialState({
    count: Number.POSITIVE_INFINITY,
    ageMs: Number.POSITIVE_INFINITY,
    argumentUnits: Number.POSITIVE_INFINITY,
  })
  for (const event of events) if (isApprovalEvent(event)) state = evolve(state, event).state
  const approval = state.approvals.get(approvalId)
  return approval && endOf(atInstant(approval, now))
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
