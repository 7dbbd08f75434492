import type { DecisionInput, Verdict } from '@sallyport/policy'
import type { ControlState } from '../state.ts'

/**
 * An approval is not used once the token that gave it was revoked: whoever had it may not have been who they seemed. The
 * action stays held, and somebody else is asked.
 */
export function judgeApprover({ tokens }: ControlState, input: DecisionInput, verdict: Verdict): Verdict {
  if (verdict.outcome !== 'hold' || input.approvedBy === null) return verdict
  const revokedAt = tokens.get(input.approvedBy)?.revokedAt ?? null
  if (revokedAt === null) return verdict
  return { ...verdict, by: 'approver', reasons: [APPROVER_REVOKED, ...verdict.reasons] }
}

const APPROVER_REVOKED = 'the token that approved it was revoked'
