import type { DataOf, EventOf, EventType } from '@sallyport/events'
import type { GrantTerms, Selector, Stage } from '@sallyport/policy'
import type { CallBinding, RequestedData } from './call-digest.ts'
import type { ApprovalStatus } from './status.ts'

type ApprovalEventType = Extract<EventType, `sallyport.${'approval' | 'grant'}.${string}`>
export type ApprovalEvent = EventOf<ApprovalEventType>
export type Vote = DataOf<'sallyport.approval.voted.v2'>['vote']
export type Actor = DataOf<'sallyport.approval.voted.v2'>['actor']

/** The vote that decided: the denial, or the approval that was the last one needed. */
export interface Answer {
  readonly vote: Vote
  readonly actor: Actor
  readonly reason: string | null
  readonly idempotencyKey: string | null
  /** Places of parts that the answerer did not have on screen. */
  readonly unseen?: readonly string[]
  readonly at: string
}

export type Voter = DataOf<'sallyport.approval.voted.v2'>['voter']

/** A vote to approve that counted. */
export interface CountedVote {
  readonly voter: Voter
  readonly actor: Actor
  /** The index of the stage that it counted in. */
  readonly stage: number
  /** The selector that it counted for. */
  readonly as: Selector
  readonly reason: string | null
  readonly idempotencyKey: string | null
  /** Places of parts that the voter did not have on screen. */
  readonly unseen?: readonly string[]
  /** For which calls beside this one it is meant. Absent: for this one alone. */
  readonly grant?: GrantTerms
  readonly at: string
}

export type EditChange = EditedData['changes'][number]
type EditedData = DataOf<'sallyport.approval.edited.v1'>

/** Other arguments in the place of those that the agent sent: the last edit, with all that is different from those. */
export interface Edit {
  /** The digest of the call with these arguments. */
  readonly digest: string
  readonly actor: Actor
  readonly reason: string | null
  readonly idempotencyKey: string | null
  /** JSON text, redacted. */
  readonly patch: string
  readonly changes: readonly EditChange[]
  readonly at: string
}

/** Arguments as they were recorded, and sealed. */
export type HeldArguments = Pick<Approval, 'arguments' | 'argumentsText' | 'sealedArguments'>

/** What somebody thinks whose votes count for nothing. */
export interface Advice {
  readonly voterId: string
  readonly name: string
  readonly vote: Vote
  readonly reason: string | null
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

/** What somebody said about it. */
export interface Comment {
  readonly id: string
  readonly actor: Actor
  readonly text: string
  readonly at: string
}

/** A message of a destination about it. */
export type ToldMessage = DataOf<'sallyport.approval.told.v1'>['messages'][number] & {
  readonly destination: string
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
  /** Whether other arguments can be put in the place of these. */
  readonly editable?: true
  /** The last edit; null where `arguments` are those that the agent sent. */
  readonly edit: Edit | null
  /** How often it was edited. */
  readonly edits: number
  /** What the agent sent, once it was edited. */
  readonly sent: HeldArguments | null
  /** The voters who have edited it: none of them approves it. */
  readonly editors: readonly string[]
  readonly client: RequestedData['client']
  readonly requestedAt: string
  readonly expiresAt: string
  readonly usableForMs: number
  /** Whose votes it takes, one stage after the other. */
  readonly stages: readonly Stage[]
  /** Whose votes count as well once it has escalated. */
  readonly fallback: readonly Selector[]
  readonly remindAt: string | null
  readonly escalateAt: string | null
  readonly excluded: RequestedData['excluded']
  /** Whom the agent acts for, as the issuer of its access token names them. */
  readonly principal?: NonNullable<RequestedData['principal']>
  /** The index of the stage that is open; the number of stages once all are passed. */
  readonly stage: number
  readonly votes: readonly CountedVote[]
  readonly advice: readonly Advice[]
  readonly remindedAt: string | null
  readonly escalatedAt: string | null
  /** How many more times the same call was made while this was open. */
  readonly attachments: number
  readonly answer: Answer | null
  /** Set by an approving answer. */
  readonly usableUntil: string | null
  readonly cancellation: Cancellation | null
  readonly claim: Claim | null
  /** The longest grant that may be born of it, and what that is bound to. Absent: none may. */
  readonly grantable?: RequestedData['grantable']
  /** The grant that was born of it. */
  readonly grantId: string | null
  /** When it left pending and approved for good; null while it is open. */
  readonly endedAt: string | null
  /** What people said about it, the oldest first; absent where nobody has. */
  readonly comments?: readonly Comment[]
  /** The messages in which people were told of it, the oldest first; absent where there are none. */
  readonly told?: readonly ToldMessage[]
  /** The links that were opened, by id, with when. */
  readonly openedLinks?: Readonly<Record<string, string>>
}

/** The digest of what would run: of the call as it was asked for, or of its last edit. Votes and claims name it. */
export function digestOf({ callDigest, edit }: Pick<Approval, 'callDigest' | 'edit'>): string {
  return edit?.digest ?? callDigest
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

/** Something that happens to an approval by itself, and when (RFC 3339). */
export interface Clock {
  readonly what: 'remind' | 'escalate' | 'end'
  readonly at: string
}

/** What is still to happen to it by itself, in no order. */
export function clocksOf(approval: Approval): readonly Clock[] {
  const { status, remindAt, remindedAt, escalateAt, escalatedAt } = approval
  const clocks: Clock[] = []
  const end = deadlineOf(approval)
  if (end !== null) clocks.push({ what: 'end', at: end })
  if (status !== 'pending') return clocks
  if (remindAt !== null && remindedAt === null) clocks.push({ what: 'remind', at: remindAt })
  if (escalateAt !== null && escalatedAt === null) clocks.push({ what: 'escalate', at: escalateAt })
  return clocks
}

/** How it came to its status, for a person: `approved by dana and omar at 2026-…`. */
export function describeStatus(approval: Approval): string {
  const { status, answer, cancellation, claim } = approval
  switch (status) {
    case 'pending':
      return `pending until ${approval.expiresAt}`
    case 'approved':
      return approvedText(approval)
    case 'denied':
      return `denied by ${answer?.actor.name} at ${answer?.at}`
    case 'expired':
      return `expired at ${approval.endedAt}, ${approval.votes.length === 0 ? 'unanswered' : 'without all the votes that it needs'}`
    case 'lapsed':
      return `${approvedText(approval)} and not used until ${approval.endedAt}`
    case 'consumed':
      return `${approvedText(approval)} and used at ${claim?.at}`
    case 'cancelled':
    case 'revoked':
      return `${status} by ${cancellation?.actor.name} at ${cancellation?.at}: ${cancellation?.reason}`
  }
}

/** The names of those whose votes to approve count, in the order of their votes: `dana, omar and ann`. */
export function approversText({ votes }: Pick<Approval, 'votes'>): string {
  const names = votes.map(({ actor }) => actor.name)
  const last = names.pop() ?? 'nobody'
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`
}

function approvedText(approval: Approval): string {
  return `approved by ${approversText(approval)} at ${approval.answer?.at}`
}
