import type { Actor, Approval } from '@sallyport/approval'
import type { ApprovalsFold } from './approvals-fold.ts'
import { ApprovalNotFound, rejectionError } from './errors.ts'
import { cancelIntent, refOf } from './intents.ts'

export interface RevokeApproval {
  readonly approvalId: string
  readonly actor: Actor
  readonly reason: string
}

/**
 * Somebody takes a held call back, until it is used. Resolves with the approval once nothing can use it any more; rejects
 * with `ApprovalNotFound`, `ApprovalClosed` or `ApprovalExpired`.
 */
export async function revokeApproval(
  fold: ApprovalsFold,
  { approvalId, actor, reason }: RevokeApproval,
  at: Date,
): Promise<Approval> {
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  const outcome = await fold.submit(cancelIntent(refOf(approval), actor, reason, at))
  const now = fold.find(approvalId)
  if (!outcome.accepted) throw rejectionError(outcome, now)
  return now ?? approval
}
