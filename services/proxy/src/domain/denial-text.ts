import type { Action } from './action.ts'
import type { ActionVerdict } from './verdict.ts'

/**
 * The text that the agent reads when its action is refused, in whatever form its protocol has for it: the rule and the
 * reasons. The reasons say how to ask for access.
 */
export function denialText(
  { recordedAction: action, upstream }: Pick<Action, 'recordedAction' | 'upstream'>,
  { rule, reasons, fault, answeredBy, approvalId }: ActionVerdict,
): string {
  const why = reasons.join('; ') || 'no reason was given'
  if (fault !== null)
    return `Sallyport could not let ${action} through: ${why} (${fault}). This is a fault, not a judgement of it; ${whatToDo(fault)}.`
  if (answeredBy !== null || approvalId !== null)
    return `Sallyport denied ${action}: ${why}. Approval ${approvalId ?? 'unknown'}.`
  // Many reasons begin with the name of their rule.
  const told = why.startsWith(rule) ? why : `${rule}: ${why}`
  return `Sallyport denied ${action} on ${upstream.name}: ${told}.`
}

function whatToDo(fault: string): string {
  return fault === 'SP_LIST_REFUSED' ? 'the upstream has to mend its list' : 'try again later'
}
