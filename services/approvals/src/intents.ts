import { type Actor, type Approval, type Clock, callDigest, type Vote, type Voter } from '@sallyport/approval'
import { type AnyNewEvent, type DataOf, type EventType, newEvent } from '@sallyport/events'
import { ONE_OF_ANYONE } from '@sallyport/policy'
import type { ClaimApproval, RequestApproval } from '@sallyport/rpc'

/** What holds for every approval asked for here whose permission says nothing else. */
export interface Terms {
  /** How long it may be answered, in milliseconds. */
  readonly expiresMs: number
  /** How long it may then be used, in milliseconds. */
  readonly usableMs: number
  /** How many of one gateway may be open at once; an agent that asks for more floods the people who answer. */
  readonly maxOpenPerGateway: number
  /** What a grant lasts where its approver says nothing, in milliseconds. */
  readonly grantUsualMs: number
  /** The longest that a grant may last, in milliseconds; 0: there are none. */
  readonly grantMaxMs: number
}

/** Which approval an intent is about. The digest is the key: everything about one exact call keeps its order. */
type Ref = Pick<Approval, 'approvalId' | 'callDigest'> & { readonly tenant: string }

export const refOf = ({ approvalId, callDigest: digest, binding }: Approval): Ref => ({
  approvalId,
  callDigest: digest,
  tenant: binding.tenant,
})

type Excluded = DataOf<'sallyport.approval.requested.v2'>['excluded']

export function requestIntent(
  approvalId: string,
  request: RequestApproval,
  config: Terms,
  excluded: Excluded,
  at: Date,
): AnyNewEvent {
  const { binding, gateway, reasons, terms, principal, soFar, caller, exceptGrants: _, ...facts } = request
  const after = (ms: number) => new Date(at.getTime() + ms).toISOString()
  const maybe = (ms: number | null = null) => (ms === null ? null : after(ms))
  const grantMs = Math.min(config.grantMaxMs, terms?.grantWithinMs ?? config.grantMaxMs)
  const ref = { approvalId, callDigest: callDigest(binding), tenant: binding.tenant }
  return intent('sallyport.approval.requested.v2', ref, at, {
    ...facts,
    binding: { ...binding },
    gateway: { id: binding.gatewayId, name: gateway },
    reasons: [...reasons],
    expiresAt: after(terms?.answerWithinMs ?? config.expiresMs),
    usableForMs: terms?.useWithinMs ?? config.usableMs,
    stages: (terms?.stages ?? ONE_OF_ANYONE).map(({ need, of }) => ({ need, of: [...of] })),
    fallback: [...(terms?.fallback ?? [])],
    remindAt: maybe(terms?.remindAfterMs),
    escalateAt: maybe(terms?.escalateAfterMs),
    excluded,
    ...(principal && { principal: recordedPrincipal(principal) }),
    ...(soFar && { soFar: { actions: soFar.actions.map((one) => ({ ...one })), more: soFar.more } }),
    ...(caller && grantMs > 0 && { grantable: { withinMs: grantMs, caller: { ...caller } } }),
  })
}

/** A name that no person can have is told cut. */
function recordedPrincipal({ issuer, subject }: NonNullable<RequestApproval['principal']>) {
  return { issuer: issuer.slice(0, 2048), subject: subject.slice(0, 512) }
}

export interface AnswerIntent {
  readonly vote: Vote
  readonly actor: Actor
  readonly voter: Voter
  readonly reason: string | null
  readonly idempotencyKey: string
  readonly unseen?: string[]
  /** What was on the screen; left out where that is the call as it was asked for. */
  readonly digest?: string
  readonly grant?: NonNullable<DataOf<'sallyport.approval.voted.v2'>['grant']>
}

export const voteIntent = (ref: Ref, answer: AnswerIntent, at: Date): AnyNewEvent =>
  intent('sallyport.approval.voted.v2', ref, at, { ...answer })

export type EditIntent = Omit<DataOf<'sallyport.approval.edited.v1'>, 'approvalId' | 'callDigest'>

export const editIntent = (ref: Ref, edit: EditIntent, at: Date): AnyNewEvent =>
  intent('sallyport.approval.edited.v1', ref, at, edit)

export const revealIntent = (ref: Ref, actor: Actor, places: readonly string[], at: Date): AnyNewEvent =>
  intent('sallyport.approval.revealed.v1', ref, at, { actor, places: [...places] })

export const commentIntent = (
  ref: Ref,
  said: { readonly actor: Actor; readonly commentId: string; readonly comment: string },
  at: Date,
): AnyNewEvent => intent('sallyport.approval.commented.v1', ref, at, { ...said })

/** Where a message of a destination is, and what it is called there. */
type Message = DataOf<'sallyport.approval.told.v1'>['messages'][number]

export const toldIntent = (
  ref: Ref,
  destination: string,
  messages: readonly Message[],
  at: Date,
): AnyNewEvent =>
  intent('sallyport.approval.told.v1', ref, at, {
    destination,
    messages: messages.map((one) => ({ ...one })),
  })

export const linkOpenedIntent = (
  ref: Ref,
  { actor, personId, linkId }: { readonly actor: Actor; readonly personId: string; readonly linkId: string },
  at: Date,
): AnyNewEvent => intent('sallyport.approval.link_opened.v1', ref, at, { actor, personId, linkId })

const STRIKES = {
  remind: 'sallyport.approval.reminded.v1',
  escalate: 'sallyport.approval.escalated.v1',
  end: 'sallyport.approval.expired.v1',
} as const

/** What the timer says once a clock has struck. */
export const clockIntent = (ref: Ref, what: Clock['what'], at: Date): AnyNewEvent =>
  intent(STRIKES[what], ref, at, {})

export const cancelIntent = (ref: Ref, actor: Actor, reason: string, at: Date): AnyNewEvent =>
  intent('sallyport.approval.cancelled.v1', ref, at, { actor, reason })

export const claimIntent = (ref: Ref, { actionId, claimant, digest }: ClaimApproval, at: Date): AnyNewEvent =>
  intent('sallyport.approval.claimed.v1', ref, at, { actionId, claimant, ...(digest && { digest }) })

function intent<T extends Extract<EventType, `sallyport.approval.${string}`>>(
  type: T,
  { approvalId, callDigest: key, tenant }: Ref,
  at: Date,
  data: Omit<DataOf<T>, 'approvalId' | 'callDigest'>,
): AnyNewEvent {
  return newEvent(
    {
      type,
      source: '/approvals',
      subject: approvalId,
      tenant,
      key,
      data: { approvalId, callDigest: key, ...data } as unknown as DataOf<T>,
    },
    at,
  )
}
