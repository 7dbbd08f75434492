import { EVENTS, type EventOf, type SallyportEvent, TOPICS } from '@sallyport/events'
import { type Approval, type ApprovalEvent, atInstant, isOpen } from './approval.ts'
import { type CallBinding, callDigest } from './call-digest.ts'
import { onCommented } from './comments.ts'
import { evolveGrant, type GrantEvent, isGrantEvent } from './grants/evolve-grant.ts'
import { revokeWith } from './grants/revoke-with.ts'
import { onLinkOpened, onTold } from './messages.ts'
import { onEdited } from './on-edited.ts'
import type { Evolved } from './outcome.ts'
import type { Rejection } from './rejection.ts'
import type { SharedValues } from './shared-values.ts'
import { type ApprovalsState, openApproval, put } from './state.ts'
import type { ApprovalStatus } from './status.ts'
import { onCancelled, onClaimed, onEscalated, onReminded, onVoted, type Step } from './transitions.ts'

export function isApprovalEvent(event: SallyportEvent): event is ApprovalEvent {
  return EVENTS[event.type].topic === TOPICS.approvals
}

/**
 * Folds one event, in log order. Depends on nothing but the events: their order decides which came first, and their
 * times decide whether a deadline had passed. The approvals of one call digest depend only on the events of that
 * digest, which share a partition. Takes over `state` (see `ApprovalsState`).
 */
export function evolve(state: ApprovalsState, event: ApprovalEvent): Evolved {
  const { approvalId } = event.data
  const misplaced = misplacement(event)
  if (misplaced) return rejected(state, approvalId, misplaced)
  if (event.type === 'sallyport.approval.requested.v2') return onRequested(state, event)
  if (isGrantEvent(event)) return evolveGrant(state, event)

  const before = state.approvals.get(approvalId)
  if (!before) return rejected(state, approvalId, { kind: 'not_found', reason: 'there is no such approval' })
  if (before.callDigest !== event.data.callDigest || before.binding.tenant !== event.tenant)
    return rejected(state, approvalId, { kind: 'conflict', reason: 'the approval is for another call' })

  const current = atInstant(before, event.time)
  const step = stepOf(before, current, event)
  const after = 'next' in step ? step.next : current
  if (after !== before) put(state, after, event.time)
  if ('next' in step && after.status === 'revoked' && event.type === 'sallyport.approval.cancelled.v1')
    revokeWith(state, after, event)
  const isQuiet = current === before && QUIET.has(event.type)
  const changed = after === before || isQuiet ? [] : [approvalId]
  if ('rejection' in step) return rejected(state, approvalId, step.rejection, after.status, changed)
  return accepted(state, after, changed)
}

/** What is of no interest to whoever waits for an answer. */
const QUIET: ReadonlySet<string> = new Set<ApprovalEvent['type']>([
  'sallyport.approval.told.v1',
  'sallyport.approval.link_opened.v1',
])

type IntentEvent = Exclude<ApprovalEvent, EventOf<'sallyport.approval.requested.v2'> | GrantEvent>

function stepOf(before: Approval, current: Approval, event: IntentEvent): Step {
  switch (event.type) {
    case 'sallyport.approval.voted.v2':
      return onVoted(current, event)
    case 'sallyport.approval.edited.v1':
      return onEdited(current, event)
    case 'sallyport.approval.claimed.v1':
      return onClaimed(current, event)
    case 'sallyport.approval.cancelled.v1':
      return onCancelled(current, event)
    case 'sallyport.approval.reminded.v1':
      return onReminded(current, event)
    case 'sallyport.approval.escalated.v1':
      return onEscalated(current, event)
    case 'sallyport.approval.revealed.v1':
      return { next: current }
    case 'sallyport.approval.commented.v1':
      return onCommented(current, event)
    case 'sallyport.approval.told.v1':
      return onTold(current, event)
    case 'sallyport.approval.link_opened.v1':
      return onLinkOpened(current, event)
    case 'sallyport.approval.expired.v1':
      if (current !== before) return { next: current }
      return { rejection: { kind: 'conflict', reason: isOpen(before) ? 'not due yet' : 'over already' } }
  }
}

/** A repeated call joins the approval that is open for it; otherwise a new one begins. */
function onRequested(state: ApprovalsState, event: EventOf<'sallyport.approval.requested.v2'>): Evolved {
  const { approvalId } = event.data
  if (callDigest(event.data.binding) !== event.data.callDigest || event.data.binding.tenant !== event.tenant)
    return rejected(state, approvalId, { kind: 'invalid', reason: 'the binding is not that of the call' })

  const before = openApproval(state, event.data.callDigest)
  const current = before && atInstant(before, event.time)
  if (current && isOpen(current)) {
    if (current.approvalId === approvalId) return accepted(state, current, [])
    put(state, { ...current, attachments: current.attachments + 1 }, event.time)
    return accepted(state, current, [], true)
  }
  const ended = current ? [current.approvalId] : []
  if (current) put(state, current, event.time)
  if (state.approvals.has(approvalId))
    return rejected(state, approvalId, { kind: 'conflict', reason: 'the id is in use' }, null, ended)
  const approval = begin(state.shared, event)
  put(state, approval, event.time)
  return accepted(state, approval, [...ended, approvalId])
}

function begin(shared: SharedValues, { data, time }: EventOf<'sallyport.approval.requested.v2'>): Approval {
  // A state of a hundred thousand has no room for what came before each.
  const { soFar: _, principal, ...facts } = data
  return {
    ...facts,
    ...(principal && { principal: shared.value(principal) }),
    binding: sharedBinding(shared, data.binding),
    gateway: shared.value(data.gateway),
    connector: shared.text(data.connector),
    tool: shared.text(data.tool),
    rule: shared.text(data.rule),
    reasons: shared.value(data.reasons),
    client: shared.value(data.client),
    stages: shared.value(data.stages),
    fallback: shared.value(data.fallback),
    excluded: shared.value(data.excluded),
    status: 'pending',
    requestedAt: time,
    edit: null,
    edits: 0,
    sent: null,
    editors: NONE,
    stage: 0,
    votes: NONE,
    advice: NONE,
    remindedAt: null,
    escalatedAt: null,
    attachments: 0,
    answer: null,
    usableUntil: null,
    cancellation: null,
    claim: null,
    grantId: null,
    endedAt: null,
  }
}

const NONE: readonly never[] = []

function sharedBinding(shared: SharedValues, binding: CallBinding): CallBinding {
  return {
    tenant: shared.text(binding.tenant),
    gatewayId: shared.text(binding.gatewayId),
    upstream: shared.text(binding.upstream),
    upstreamDigest: shared.text(binding.upstreamDigest),
    action: shared.text(binding.action),
    argsDigest: binding.argsDigest,
    toolDigest: shared.text(binding.toolDigest),
    policyVersion: shared.text(binding.policyVersion),
  }
}

/** Order is promised only among events of one key: one under another key would be seen differently elsewhere. */
function misplacement(event: ApprovalEvent): Rejection | undefined {
  if (event.key === event.data.callDigest) return undefined
  return { kind: 'invalid', reason: 'the event is not keyed by its call' }
}

function accepted(
  state: ApprovalsState,
  { approvalId, status }: Approval,
  changed: readonly string[],
  attached = false,
): Evolved {
  return { state, outcome: { accepted: true, approvalId, status, attached, changed } }
}

function rejected(
  state: ApprovalsState,
  approvalId: string,
  rejection: Rejection,
  status: ApprovalStatus | null = null,
  changed: readonly string[] = [],
): Evolved {
  return { state, outcome: { accepted: false, approvalId, status, changed, ...rejection } }
}
