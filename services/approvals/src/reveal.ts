import { type Actor, type Approval, describeStatus, isOpen } from '@sallyport/approval'
import type { Part } from '@sallyport/inspection'
import type { ApprovalsFold } from './approvals-fold.ts'
import { ApprovalClosed, ApprovalNotFound, rejectionError } from './errors.ts'
import { refOf, revealIntent } from './intents.ts'
import type { ShownCalls } from './shown-calls.ts'
import { isAmong } from './unseen-parts.ts'

export interface RevealRequest {
  readonly approvalId: string
  readonly actor: Actor
  /** Places in `{ arguments, _meta }`; each stands for all that is below it. */
  readonly places: readonly string[]
}

/**
 * Shows secrets of a call that waits for an answer. It is recorded, durably, before anything is shown. Rejects with
 * `ApprovalNotFound` or, once the approval has ended, `ApprovalClosed`.
 */
export async function revealParts(
  fold: ApprovalsFold,
  shown: ShownCalls,
  { approvalId, actor, places }: RevealRequest,
  at: Date,
): Promise<Part[]> {
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  checkOpen(approval)
  const call = await shown.of(approval)
  const outcome = await fold.submit(revealIntent(refOf(approval), actor, places, at))
  const now = fold.find(approvalId) ?? approval
  if (!outcome.accepted) throw rejectionError(outcome, now)
  checkOpen(now)
  const meant = new Set(places)
  return call.parts.filter(({ place }) => isAmong(meant, place))
}

function checkOpen(approval: Approval): void {
  if (!isOpen(approval)) throw new ApprovalClosed(describeStatus(approval))
}
