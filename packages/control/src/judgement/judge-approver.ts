import type { DecisionInput, Verdict } from '@sallyport/policy'
import type { ControlState } from '../state.ts'

/**
 * An approval is not used once the token that gave it was revoked: whoever had it may not have been who they seemed. The
 * action stays held, and somebody else is asked. Another token that got the name later stands for nobody's earlier vote.
 */
export function judgeApprover({ tokens }: ControlState, input: DecisionInput, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'hold' || input.approvedBy === null) return verdict
  const { approvedBy } = input
  if ([...tokens.values()].some(({ id, revokedAt }) => id === approvedBy && revokedAt === null))
    return verdict
  return { ...verdict, by: 'approver', reasons: [APPROVER_REVOKED, ...verdict.reasons] }
}

const APPROVER_REVOKED = 'the token that approved it was revoked'
