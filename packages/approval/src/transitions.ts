import type { EventOf } from '@sallyport/events'
import { type Actor, type Approval, describeStatus } from './approval.ts'

/** Why an intent had no effect: no such approval, too late, the state does not admit it, the event is wrong. */
export type RejectionKind = 'not_found' | 'expired' | 'conflict' | 'invalid'

export interface Rejection {
  readonly kind: RejectionKind
  readonly reason: string
}

/** What an intent makes of an approval: its next shape, or why there is none. */
export type Step = { readonly next: Approval } | { readonly rejection: Rejection }

/** The first answer ordered before the deadline decides; the same person's repetition of it is the same answer. */
export function onVoted(approval: Approval, event: EventOf<'sallyport.approval.voted.v1'>): Step {
  const { vote, actor, reason, idempotencyKey, unseen } = event.data
  if (isRepetition(approval, event)) return { next: approval }
  if (approval.status !== 'pending') return { rejection: alreadyOver(approval) }
  const answer = { vote, actor, reason, idempotencyKey, at: event.time, ...(unseen && { unseen }) }
  if (vote === 'deny') return { next: { ...approval, status: 'denied', answer, endedAt: event.time } }
  const usableUntil = new Date(Date.parse(event.time) + approval.usableForMs).toISOString()
  return { next: { ...approval, status: 'approved', answer, usableUntil } }
}

/** A claim wins only if it is the first to be ordered after the approval was granted and before it lapsed. */
export function onClaimed(approval: Approval, event: EventOf<'sallyport.approval.claimed.v1'>): Step {
  const { actionId, claimant } = event.data
  if (approval.status === 'consumed' && approval.claim?.actionId === actionId) return { next: approval }
  if (approval.status !== 'approved') return { rejection: alreadyOver(approval) }
  const claim = { actionId, claimant, at: event.time }
  return { next: { ...approval, status: 'consumed', claim, endedAt: event.time } }
}

/** The caller withdrew the held call. */
export function onCancelled(approval: Approval, event: EventOf<'sallyport.approval.cancelled.v1'>): Step {
  if (approval.status !== 'pending' && approval.status !== 'approved')
    return { rejection: alreadyOver(approval) }
  const { actor, reason } = event.data
  const status = approval.status === 'pending' ? 'cancelled' : 'revoked'
  const cancellation = { actor, reason, at: event.time }
  return { next: { ...approval, status, cancellation, endedAt: event.time } }
}

function isRepetition({ answer }: Approval, { data }: EventOf<'sallyport.approval.voted.v1'>): boolean {
  return (
    answer !== null &&
    data.idempotencyKey !== null &&
    answer.idempotencyKey === data.idempotencyKey &&
    isSameActor(answer.actor, data.actor) &&
    answer.vote === data.vote
  )
}

/** Two tokens can have had one name, one after the other. */
function isSameActor(a: Actor, b: Actor): boolean {
  return a.type === b.type && a.name === b.name && a.id === b.id
}

function alreadyOver(approval: Approval): Rejection {
  const late = approval.status === 'expired' || approval.status === 'lapsed'
  return { kind: late ? 'expired' : 'conflict', reason: describeStatus(approval) }
}
