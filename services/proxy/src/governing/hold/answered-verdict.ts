import type { ApprovalState } from '@sallyport/rpc'
import { type ActionVerdict, denial } from '../../domain/verdict.ts'

/** The verdict on a held call once its approval was claimed. */
export function approvedVerdict(state: ApprovalState, basis: ActionVerdict): ActionVerdict {
  const { approvalId, answeredBy, approvers, answerReason, edit } = state
  const edited = edit === null ? [] : [sentence(`its arguments were edited by ${edit.by}`, edit.reason)]
  const reasons = [sentence(`approved by ${namesOf(state)}`, answerReason), ...edited, ...basis.reasons]
  const { terms: _, ...rest } = basis
  return { ...rest, outcome: 'allow', by: 'approval', reasons, approvalId, answeredBy, approvers }
}

/** The verdict on a held call once one use of a grant was taken for it. */
export function grantedVerdict(state: ApprovalState, grantId: string, basis: ActionVerdict): ActionVerdict {
  const until = state.grant?.until ?? ''
  const reasons = [`calls like it were approved by ${namesOf(state)} until ${until}`, ...basis.reasons]
  return { ...approvedVerdict(state, basis), reasons, grantId }
}

/** The verdict on a held call whose approval has ended without letting it through. */
export function answeredVerdict(state: ApprovalState, basis: ActionVerdict): ActionVerdict {
  const { approvalId, answeredBy, status: ended } = state
  return {
    ...denial('approval', basis.rule, whyNot(state), basis),
    approvalId,
    answeredBy,
    ended,
  }
}

/** `dana, omar and ann`. An approvals service of an earlier release tells the last alone. */
function namesOf({ approverNames, answeredBy }: ApprovalState): string {
  const [last = answeredBy ?? 'a person', ...before] = approverNames.toReversed()
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`
}

function whyNot({ status, answeredBy, answerReason }: ApprovalState): string {
  switch (status) {
    case 'denied':
      return sentence(`denied by ${answeredBy ?? 'a person'}`, answerReason)
    case 'expired':
      return 'nobody answered before the approval expired'
    case 'cancelled':
      return 'the approval was cancelled'
    case 'revoked':
      return 'the approval was revoked'
    case 'consumed':
      return 'the approval was used by another call with the same arguments'
    case 'lapsed':
      return 'the approval was not used in time'
    case 'pending':
    case 'approved':
      return 'the approval was not used'
  }
}

function sentence(what: string, reason: string | null): string {
  return reason === null || reason === '' ? what : `${what}: ${reason}`
}
