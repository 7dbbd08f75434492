import type { Actor, Approval } from '@sallyport/approval'
import { newId, sha256Hex } from '@sallyport/runtime'
import type { ApprovalsFold } from './approvals-fold.ts'
import { ApprovalCommentsFull, ApprovalNotFound, rejectionError } from './errors.ts'
import { commentIntent, refOf } from './intents.ts'

export interface CommentRequest {
  readonly approvalId: string
  readonly actor: Actor
  readonly text: string
  /** The caller's; without one a repetition is another comment. */
  readonly idempotencyKey: string | null
}

/**
 * Somebody says something about an approval, in whatever state it is. Resolves with the approval once that was folded;
 * rejects with
 * `ApprovalNotFound` or `ApprovalCommentsFull`.
 */
export async function commentOn(
  fold: ApprovalsFold,
  { approvalId, actor, text, idempotencyKey }: CommentRequest,
  at: Date,
): Promise<Approval> {
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  const commentId =
    idempotencyKey === null ? newId() : sha256Hex(`${actor.id ?? actor.name}\n${idempotencyKey}`)
  const outcome = await fold.submit(commentIntent(refOf(approval), { actor, commentId, comment: text }, at))
  const now = fold.find(approvalId)
  if (!outcome.accepted && outcome.kind === 'conflict') throw new ApprovalCommentsFull(outcome.reason)
  if (!outcome.accepted) throw rejectionError(outcome, now)
  return now ?? approval
}
