import { type Approval, callDigest, type Grant } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import type { ApprovalState, ApprovalsPoint, RequestApproval } from '@sallyport/rpc'
import { newId } from '@sallyport/runtime'
import type { ApprovalsFold } from './approvals-fold.ts'
import { candidatesOf } from './candidates.ts'
import { excludedFrom } from './domain/excluded.ts'
import { unanswerable } from './domain/unanswerable.ts'
import {
  ApprovalInvalid,
  ApprovalNotFound,
  ApprovalsExhausted,
  ApprovalsTooHeavy,
  rejectionError,
} from './errors.ts'
import { coveringGrant } from './grants/covering-grant.ts'
import { grantRef, usedIntent } from './grants/intents.ts'
import { cancelIntent, claimIntent, refOf, requestIntent, type Terms } from './intents.ts'
import { RepeatedAsks } from './repeated-asks.ts'
import type { ShownCalls } from './shown-calls.ts'

/** The arguments of a gateway's open approvals are in memory. */
export const MOST_SEALED_UNITS = 64 * 1024 * 1024

/** Proxies are not people: what they take back is taken back by the system. */
const PROXY = { type: 'system', name: 'proxy' } as const

export interface PointOptions {
  /** Resolves when this instance has caught up with the log. */
  readonly ready: () => Promise<ApprovalsFold>
  readonly terms: Terms
  /** Who could answer. */
  readonly control: Pick<ControlView, 'state'>
  /** Opens the arguments of calls that a grant may cover. */
  readonly shown: Pick<ShownCalls, 'documentOf'>
  readonly clock: () => Date
}

/** What proxies ask of approvals. Every answer comes from the events that this instance has folded. */
export function approvalsPoint({ ready, terms, control, shown, clock }: PointOptions): ApprovalsPoint {
  const repeated = new RepeatedAsks()
  const stateOf = (approval: Approval, attached = false) =>
    toldState(approval, unanswerable(approval, candidatesOf(control.state())) ?? null, attached)
  /** Undefined where a person is to be asked, or has approved this very call. */
  const grantedState = async (fold: ApprovalsFold, request: RequestApproval) => {
    const digest = callDigest(request.binding)
    if (fold.openFor(digest)?.status === 'approved') return undefined
    const grant = await coveringGrant(request, { fold, state: control.state(), shown, now: clock() })
    return grant && stateByGrant(grant, digest)
  }

  return {
    async requestApproval(request) {
      const fold = await ready()
      const { binding } = request
      const ask = { callDigest: callDigest(binding), actionId: request.actionId }
      const granted = await grantedState(fold, request)
      if (granted !== undefined) return granted
      const open = repeated.openOf(fold, ask, clock())
      if (open !== undefined) return stateOf(open, true)
      // Judged before the append and not in the fold: a gateway's calls lie in several partitions, so instances
      // would count differently. Racing requests may pass it by a few.
      const full = fold.countOpen(binding.gatewayId) >= terms.maxOpenPerGateway
      const sealed = fold.sealedUnits(binding.gatewayId) + (request.sealedArguments?.length ?? 0)
      const heavy = sealed > MOST_SEALED_UNITS
      if ((full || heavy) && !fold.openFor(ask.callDigest))
        throw full ? new ApprovalsExhausted(terms.maxOpenPerGateway) : new ApprovalsTooHeavy()
      const outcome = await repeated.once(ask, () =>
        fold.submit(requestIntent(newId(), request, terms, excludedFrom(control.state(), request), clock())),
      )
      if (!outcome.accepted) throw new ApprovalInvalid(outcome.reason)
      return stateOf(await found(fold, outcome.approvalId), outcome.attached)
    },

    async claimApproval(claim) {
      const fold = await ready()
      const [approval] = await fold.findFresh([claim.approvalId])
      if (!approval) return { claimed: false, reason: 'there is no such approval', state: null }
      const ref = { ...refOf(approval), callDigest: claim.callDigest }
      const outcome = await fold.submit(claimIntent(ref, claim, clock()))
      const state = stateOf(fold.find(claim.approvalId) ?? approval)
      return outcome.accepted ? { claimed: true, state } : { claimed: false, reason: outcome.reason, state }
    },

    async useGrant(use) {
      const fold = await ready()
      const grant = await fold.findGrant(use.grantId)
      if (!grant) return { used: false, reason: 'there is no such grant' }
      const outcome = await fold.submit(usedIntent(grantRef(grant), use, clock()))
      return outcome.accepted ? { used: true } : { used: false, reason: outcome.reason }
    },

    async cancelApproval(approvalId, reason) {
      const fold = await ready()
      const approval = await found(fold, approvalId)
      const outcome = await fold.submit(cancelIntent(refOf(approval), PROXY, reason, clock()))
      const now = fold.find(approvalId) ?? approval
      if (!outcome.accepted && now.cancellation === null) throw rejectionError(outcome, now)
      return stateOf(now)
    },

    async getApprovals(approvalIds) {
      const fold = await ready()
      const known = await fold.findFresh(approvalIds)
      return known.map((approval) => stateOf(approval))
    },
  }
}

async function found(fold: ApprovalsFold, approvalId: string): Promise<Approval> {
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  return approval
}

/** The new arguments are for whoever is about to carry them out. */
function toldEdit({ edit, status, sealedArguments }: Approval): ApprovalState['edit'] {
  if (edit === null) return null
  const { digest, actor, reason } = edit
  const sealed = status === 'approved' ? (sealedArguments ?? null) : null
  return { digest, by: actor.name, reason, sealedArguments: sealed }
}

function toldState(approval: Approval, cannot: string | null, attached: boolean): ApprovalState {
  return {
    approvalId: approval.approvalId,
    callDigest: approval.callDigest,
    status: approval.status,
    answeredBy: approval.answer?.actor.name ?? null,
    answerReason: approval.answer?.reason ?? null,
    approvers: approval.votes.map(({ voter: { tokenId, personId, botId }, as }) => ({
      tokenId,
      personId,
      botId,
      as,
    })),
    approverNames: approval.votes.map(({ actor }) => actor.name),
    unanswerable: cannot,
    expiresAt: approval.expiresAt,
    usableUntil: approval.usableUntil,
    attached,
    edit: toldEdit(approval),
  }
}

/** The call is told as approved by those who gave the grant. */
function stateByGrant(grant: Grant, callDigest: string): ApprovalState {
  const { grantId, approvalId, approvers, until } = grant
  return {
    approvalId,
    callDigest,
    status: 'approved',
    answeredBy: approvers.at(-1)?.name ?? null,
    answerReason: null,
    approvers: approvers.map(({ voter: { tokenId, personId, botId }, as }) => ({
      tokenId,
      personId,
      botId,
      as,
    })),
    approverNames: approvers.map(({ name }) => name),
    unanswerable: null,
    expiresAt: until,
    usableUntil: until,
    attached: false,
    edit: null,
    grant: { grantId, until },
  }
}
