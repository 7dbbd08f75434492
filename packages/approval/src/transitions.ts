import type { EventOf } from '@sallyport/events'
import { type Actor, type Answer, type Approval, describeStatus, digestOf } from './approval.ts'
import type { Rejection } from './rejection.ts'
import { countsAs, deniesAs } from './who-counts.ts'

/** What an intent makes of an approval: its next shape, or why there is none. */
export type Step = { readonly next: Approval } | { readonly rejection: Rejection }

const MOST_ADVICE = 20

/**
 * A vote counts in the stage that is open, once for each voter. The last vote that is needed approves it. A denial ends it,
 * of the open stage or of a later one. The same voter's repetition under the same key is the same vote.
 */
export function onVoted(approval: Approval, event: EventOf<'sallyport.approval.voted.v2'>): Step {
  const { vote, actor, voter, reason, idempotencyKey, unseen, grant } = event.data
  if (isRepetition(approval, event)) return { next: approval }
  if (approval.status !== 'pending') return { rejection: alreadyOver(approval) }
  if ((event.data.digest ?? approval.callDigest) !== digestOf(approval))
    return { rejection: edited(approval) }
  if (voter.advisory) return { next: withAdvice(approval, event) }
  const counted = vote === 'deny' ? deniesAs(approval, voter) : countsAs(approval, voter)
  if ('rejection' in counted) return counted
  const said = { actor, reason, idempotencyKey, at: event.time, ...(unseen && { unseen }) }
  const answer = { vote, ...said }
  if (vote === 'deny') return { next: { ...approval, status: 'denied', answer, endedAt: event.time } }
  const votes = [
    ...approval.votes,
    { voter, stage: approval.stage, as: counted.as, ...said, ...(grant && { grant }) },
  ]
  return { next: withVotes(approval, votes, answer) }
}

function withVotes(approval: Approval, votes: Approval['votes'], answer: Answer): Approval {
  const { stages, stage } = approval
  const have = votes.filter((one) => one.stage === stage).length
  if (have < (stages[stage]?.need ?? 0)) return { ...approval, votes }
  const passed = { ...approval, votes, stage: stage + 1 }
  if (passed.stage < stages.length) return passed
  const usableUntil = new Date(Date.parse(answer.at) + approval.usableForMs).toISOString()
  return { ...passed, status: 'approved', answer, usableUntil }
}

/** The latest of each adviser. */
function withAdvice(approval: Approval, { data, time }: EventOf<'sallyport.approval.voted.v2'>): Approval {
  const { voter, actor, vote, reason } = data
  const others = approval.advice.filter(({ voterId }) => voterId !== voter.id)
  const advice = { voterId: voter.id, name: actor.name, vote, reason, at: time }
  return { ...approval, advice: [...others, advice].slice(-MOST_ADVICE) }
}

export function onReminded(approval: Approval, event: EventOf<'sallyport.approval.reminded.v1'>): Step {
  const { remindAt, remindedAt } = approval
  return (
    onClock(approval, event.time, remindAt, remindedAt) ?? { next: { ...approval, remindedAt: event.time } }
  )
}

export function onEscalated(approval: Approval, event: EventOf<'sallyport.approval.escalated.v1'>): Step {
  const { escalateAt, escalatedAt } = approval
  return (
    onClock(approval, event.time, escalateAt, escalatedAt) ?? {
      next: { ...approval, escalatedAt: event.time },
    }
  )
}

/** Why a clock has not struck; undefined when it has. */
function onClock(approval: Approval, now: string, at: string | null, done: string | null): Step | undefined {
  if (approval.status !== 'pending') return { rejection: alreadyOver(approval) }
  if (done !== null) return { rejection: { kind: 'conflict', reason: `done already at ${done}` } }
  if (at === null || Date.parse(now) < Date.parse(at))
    return { rejection: { kind: 'conflict', reason: 'not due yet' } }
  return undefined
}

/** A claim wins only if it is the first to be ordered after the approval was granted and before it lapsed. */
export function onClaimed(approval: Approval, event: EventOf<'sallyport.approval.claimed.v1'>): Step {
  const { actionId, claimant, digest } = event.data
  const isShown = (digest ?? approval.callDigest) === digestOf(approval)
  if (isShown && approval.status === 'consumed' && approval.claim?.actionId === actionId)
    return { next: approval }
  if (approval.status !== 'approved') return { rejection: alreadyOver(approval) }
  if (!isShown) return { rejection: edited(approval) }
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

function isRepetition(
  { answer, votes }: Approval,
  { data }: EventOf<'sallyport.approval.voted.v2'>,
): boolean {
  const { idempotencyKey, actor, vote } = data
  if (idempotencyKey === null) return false
  const isSame = (one: Pick<Answer, 'idempotencyKey' | 'actor'>) =>
    one.idempotencyKey === idempotencyKey && isSameActor(one.actor, actor)
  if (vote === 'approve') return votes.some(isSame)
  return answer?.vote === 'deny' && isSame(answer)
}

/** Two tokens can have had one name, one after the other. */
function isSameActor(a: Actor, b: Actor): boolean {
  return a.type === b.type && a.name === b.name && a.id === b.id
}

/** Somebody has put other arguments in the place of those that were voted on, or would be run. */
export function edited({ edit, callDigest }: Approval): Rejection {
  const what = edit === null ? callDigest : `${edit.actor.name} edited the arguments at ${edit.at}`
  return { kind: 'edited', reason: `the call is another one now: ${what}` }
}

export function alreadyOver(approval: Approval): Rejection {
  const late = approval.status === 'expired' || approval.status === 'lapsed'
  return { kind: late ? 'expired' : 'conflict', reason: describeStatus(approval) }
}
