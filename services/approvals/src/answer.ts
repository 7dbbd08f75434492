import type { Actor, Approval, Vote } from '@sallyport/approval'
import { newId } from '@sallyport/runtime'
import type { ApprovalsFold } from './approvals-fold.ts'
import { ApprovalNotFound, rejectionError } from './errors.ts'
import { refOf, voteIntent } from './intents.ts'

export interface AnswerRequest {
  readonly approvalId: string
  readonly vote: Vote
  readonly actor: Actor
  readonly reason: string | null
  /** The caller's; without one a repetition is another vote. */
  readonly idempotencyKey: string | null
}

/**
 * A person or bot answers. Resolves with the approval once the vote was folded and counted; rejects with
 * `ApprovalNotFound`, `ApprovalClosed` naming who was first, or `ApprovalExpired`.
 */
export async function answerApproval(
  fold: ApprovalsFold,
  request: AnswerRequest,
  at: Date,
): Promise<Approval> {
  const { approvalId, vote, actor, reason } = request
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  // A vote always has a key: a log that takes one append twice must not make its author the loser against himself.
  const idempotencyKey = request.idempotencyKey ?? newId()
  const outcome = await fold.submit(voteIntent(refOf(approval), { vote, actor, reason, idempotencyKey }, at))
  const now = fold.find(approvalId)
  if (!outcome.accepted) throw rejectionError(outcome, now)
  return now ?? approval
}
