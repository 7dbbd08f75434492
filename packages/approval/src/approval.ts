import type { DataOf, EventOf, EventType } from '@sallyport/events'
import type { CallBinding, RequestedData } from './call-digest.ts'
import type { ApprovalStatus } from './status.ts'

type ApprovalEventType = Extract<EventType, `sallyport.approval.${string}`>
export type ApprovalEvent = EventOf<ApprovalEventType>
export type Vote = DataOf<'sallyport.approval.voted.v1'>['vote']
export type Actor = DataOf<'sallyport.approval.voted.v1'>['actor']

export interface Answer {
  readonly vote: Vote
  readonly actor: Actor
  readonly reason: string | null
  readonly idempotencyKey: string | null
  /** Places of parts that the answerer did not have on screen. */
  readonly unseen?: readonly string[]
  readonly at: string
}

export interface Cancellation {
  readonly actor: Actor
  readonly reason: string
  readonly at: string
}

export interface Claim {
  readonly actionId: string
  readonly claimant: string
  readonly at: string
}

/** The life of one held action as the log tells it. Instants are RFC 3339, UTC. Never changed in place. */
export interface Approval {
  readonly approvalId: string
  readonly callDigest: string
  readonly binding: CallBinding
  readonly status: ApprovalStatus
  /** The action that asked first. */
  readonly actionId: string
  readonly gateway: RequestedData['gateway']
  readonly connector: string
  readonly tool: string | null
  readonly risk: RequestedData['risk']
  readonly rule: string
  readonly reasons: readonly string[]
  /** Redacted before it entered the log. */
  readonly arguments: unknown
  /** Their JSON text, where they have numbers that JavaScript would write differently. */
  readonly argumentsText?: string
  /** The `_meta` of an MCP message as JSON text, redacted. */
  readonly meta?: string | null
  /** The whole arguments, sealed; only while it is open. See `ArgumentSeal`. */
  readonly sealedArguments?: string
  readonly client: RequestedData['client']
  readonly requestedAt: string
  readonly expiresAt: string
  readonly usableForMs: number
  /** How many more times the same call was made while this was open. */
  readonly attachments: number
  readonly answer: Answer | null
  /** Set by an approving answer. */
  readonly usableUntil: string | null
  readonly cancellation: Cancellation | null
  readonly claim: Claim | null
  /** When it left pending and approved for good; null while it is open. */
  readonly endedAt: string | null
}

/** Whether anything can still happen to it: pending, or approved and not used yet. */
export function isOpen(approval: Approval): boolean {
  return approval.status === 'pending' || approval.status === 'approved'
}

/** The instant (RFC 3339) from which an open approval is over by itself; null when it has ended. */
export function deadlineOf(approval: Approval): string | null {
  if (approval.status === 'pending') return approval.expiresAt
  if (approval.status === 'approved') return approval.usableUntil
  return null
}

/** The approval as it stands at `at`: past its deadline a pending one has expired and an approved one has lapsed. */
export function atInstant(approval: Approval, at: string): Approval {
  const deadline = deadlineOf(approval)
  if (deadline === null || Date.parse(at) < Date.parse(deadline)) return approval
  return { ...approval, status: approval.status === 'pending' ? 'expired' : 'lapsed', endedAt: deadline }
}

/** How it came to its status, for a person: `approved by dana at 2026-…`. */
export function describeStatus(approval: Approval): string {
  const { status, answer, cancellation, claim } = approval
  switch (status) {
    case 'pending':
      return `pending until ${approval.expiresAt}`
    case 'approved':
    case 'denied':
      return `${status} by ${answer?.actor.name} at ${answer?.at}`
    case 'expired':
      return `expired at ${approval.endedAt}, unanswered`
    case 'lapsed':
      return `approved by ${answer?.actor.name} at ${answer?.at} and not used until ${approval.endedAt}`
    case 'consumed':
      return `approved by ${answer?.actor.name} at ${answer?.at} and used at ${claim?.at}`
    case 'cancelled':
    case 'revoked':
      return `${status} by ${cancellation?.actor.name} at ${cancellation?.at}: ${cancellation?.reason}`
  }
}
