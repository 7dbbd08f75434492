import { type ControlView, guardrailsInForce, judge, rulings } from '@sallyport/control'
import type { DecisionInput } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'

/** Judges by the control state itself, as the decision service does. */
export function ruledDecision(control: Pick<ControlView, 'state' | 'offset'>): DecisionPoint {
  const rulingOf = rulings(guardrailsInForce)
  const decide = (input: DecisionInput) => judge(rulingOf(control.state(), control.offset()), input)
  return { decide, decideMany: (inputs) => inputs.map(decide) }
}
