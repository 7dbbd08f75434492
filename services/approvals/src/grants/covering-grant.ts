import { coversCall, type Grant, usesLeft } from '@sallyport/approval'
import type { ControlState } from '@sallyport/control'
import type { RequestApproval } from '@sallyport/rpc'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { excludedFrom } from '../domain/excluded.ts'

export interface CoveringNeeds {
  readonly fold: Pick<ApprovalsFold, 'openGrants'>
  readonly state: Pick<ControlState, 'gateways' | 'persons'>
  readonly now: Date
}

/**
 * A grant that covers a call, so that nobody has to be asked: one without a number of uses before one that has them.
 * Whether those who gave it still may is for the decision layer, which knows it as of the moment of the use.
 */
export function coveringGrant(
  request: RequestApproval,
  { fold, state, now }: CoveringNeeds,
): Grant | undefined {
  const { binding, caller, rule, reasons, exceptGrants = [] } = request
  if (caller === undefined) return undefined
  const call = { binding, caller, rule, reasons: [...reasons] }
  const open = fold.openGrants(binding.gatewayId, now.toISOString())
  if (open.length === 0) return undefined
  const excluded = new Set(excludedFrom(state, request).map(({ personId }) => personId))
  return open
    .filter(({ grantId }) => !exceptGrants.includes(grantId))
    .filter((grant) => coversCall(grant, call))
    .filter(({ approvers }) => !approvers.some(({ voter }) => excluded.has(voter.personId ?? '')))
    .sort((a, b) => Number(usesLeft(a) !== null) - Number(usesLeft(b) !== null))
    .at(0)
}
