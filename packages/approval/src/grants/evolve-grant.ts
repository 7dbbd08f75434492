import type { EventOf } from '@sallyport/events'
import { canonicalJson } from '@sallyport/runtime'
import type { ApprovalEvent } from '../approval.ts'
import type { Evolved } from '../outcome.ts'
import type { Rejection } from '../rejection.ts'
import { type ApprovalsState, put } from '../state.ts'
import { coversCall, type Grant, grantAt, grantDue } from './grant.ts'
import { putGrant } from './put-grant.ts'

export type GrantEvent = Extract<ApprovalEvent, { readonly type: `sallyport.grant.${string}` }>

/** So many of the last uses are told from new ones. A proxy that asks whether it has used a grant does so within seconds. */
const REMEMBERED_USES = 256

export function isGrantEvent(event: ApprovalEvent): event is GrantEvent {
  return event.type.startsWith('sallyport.grant.')
}

/** Folds an event of a grant. It shares the partition with the approval that the grant was born of. */
export function evolveGrant(state: ApprovalsState, event: GrantEvent): Evolved {
  switch (event.type) {
    case 'sallyport.grant.given.v1':
      return onGiven(state, event)
    case 'sallyport.grant.used.v1':
      return onKnown(state, event, (grant) => onUsed(grant, event))
    case 'sallyport.grant.revoked.v1':
      return onKnown(state, event, (grant) => onRevoked(grant, event))
  }
}

/** The first one counts, and only as the votes say: it is they that give a grant. */
function onGiven(state: ApprovalsState, event: EventOf<'sallyport.grant.given.v1'>): Evolved {
  const { approvalId, callDigest, grantId } = event.data
  const approval = state.approvals.get(approvalId)
  if (
    approval === undefined ||
    approval.callDigest !== callDigest ||
    approval.binding.tenant !== event.tenant
  )
    return rejected(state, event, { kind: 'not_found', reason: 'there is no such approval' })
  if (approval.grantId === grantId) return accepted(state, event, false)
  const due = grantDue(approval)
  if (due === undefined || !isSame(due, event.data))
    return rejected(state, event, { kind: 'invalid', reason: 'it is not what the votes have given' })
  const { terms, until, gateway, connector, tool, risk, binding, caller, rule, reasons } = due
  const grant: Grant = {
    grantId,
    approvalId,
    callDigest,
    status: 'open',
    terms,
    gateway,
    connector,
    tool,
    risk,
    held: { binding, caller, rule, reasons },
    approvers: approval.votes.map(({ voter, as, actor }) => ({ voter, as, name: actor.name })),
    givenAt: event.time,
    until,
    used: 0,
    lastUsedAt: null,
    usedBy: [],
    revocation: null,
    endedAt: null,
  }
  putGrant(state, grantAt(grant, event.time), event.time)
  put(state, { ...approval, grantId }, event.time)
  return accepted(state, event, true)
}

/** What it lets pass. A later release may have written more of it. */
function isSame(due: Given, given: Given): boolean {
  const told = ({ grantId, until, terms: { session, forMs, uses, arguments: fit } }: Given) =>
    canonicalJson({
      grantId,
      until,
      session,
      forMs,
      uses,
      fit: fit && { where: fit.where, others: fit.others },
    })
  return told(due) === told(given)
}

type Given = EventOf<'sallyport.grant.given.v1'>['data']

type Step = { readonly next: Grant } | { readonly rejection: Rejection }

function onKnown(state: ApprovalsState, event: GrantEvent, step: (grant: Grant) => Step): Evolved {
  const before = state.grants.get(event.data.grantId)
  if (before === undefined || !isOf(before, event))
    return rejected(state, event, { kind: 'not_found', reason: 'there is no such grant' })
  const current = grantAt(before, event.time)
  const came = step(current)
  const after = 'next' in came ? came.next : current
  if (after !== before) putGrant(state, after, event.time)
  if ('rejection' in came) return rejected(state, event, came.rejection, after !== before)
  return accepted(state, event, after !== before)
}

function isOf({ approvalId, callDigest, held }: Grant, { data, tenant }: GrantEvent): boolean {
  return approvalId === data.approvalId && callDigest === data.callDigest && held.binding.tenant === tenant
}

/** One use counts once for each action, and only while one is left and nothing that the grant is bound to differs. */
function onUsed(grant: Grant, { data, time }: EventOf<'sallyport.grant.used.v1'>): Step {
  if (grant.usedBy.includes(data.actionId)) return { next: grant }
  if (grant.status !== 'open') return { rejection: over(grant) }
  if (!coversCall(grant, data))
    return { rejection: { kind: 'conflict', reason: 'the grant is for other calls' } }
  const used = grant.used + 1
  const isLast = used === grant.terms.uses
  const usedBy = [...grant.usedBy, data.actionId].slice(-REMEMBERED_USES)
  const next = { ...grant, used, usedBy, lastUsedAt: time }
  return { next: isLast ? { ...next, status: 'used_up', endedAt: time } : next }
}

function onRevoked(grant: Grant, { data, time }: EventOf<'sallyport.grant.revoked.v1'>): Step {
  if (grant.status !== 'open') return { rejection: over(grant) }
  const revocation = { actor: data.actor, reason: data.reason, at: time }
  return { next: { ...grant, status: 'revoked', revocation, endedAt: time } }
}

function over(grant: Grant): Rejection {
  return { kind: grant.status === 'expired' ? 'expired' : 'conflict', reason: describeGrant(grant) }
}

function describeGrant({ status, until, used, revocation, endedAt }: Grant): string {
  if (status === 'revoked') return `the grant was revoked by ${revocation?.actor.name}: ${revocation?.reason}`
  if (status === 'used_up')
    return `the ${used === 1 ? 'one use' : `${used} uses`} of the grant were made by ${endedAt}`
  return status === 'expired' ? `the grant ended at ${until}` : `the grant is open until ${until}`
}

function accepted(state: ApprovalsState, { data }: GrantEvent, changed: boolean): Evolved {
  const status = state.approvals.get(data.approvalId)?.status ?? null
  const outcome = { ...told(state, data, changed), accepted: true, status, attached: false } as const
  return { state, outcome }
}

function rejected(
  state: ApprovalsState,
  { data }: GrantEvent,
  rejection: Rejection,
  changed = false,
): Evolved {
  const status = state.approvals.get(data.approvalId)?.status ?? null
  return { state, outcome: { ...told(state, data, changed), accepted: false, status, ...rejection } }
}

/** Of an approval that is forgotten nobody is told. */
function told({ approvals }: ApprovalsState, { approvalId }: GrantEvent['data'], changed: boolean) {
  return { approvalId, changed: changed && approvals.has(approvalId) ? [approvalId] : [] }
}
