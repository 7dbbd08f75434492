import type { ControlView } from '@sallyport/control'
import { riskOf } from '@sallyport/policy'
import type { DecideRequest, Decision, DecisionPoint } from '@sallyport/rpc'
import { judge, type Ruling, rulingOf } from './domain/judge.ts'

/** The control state may be stale or unreadable, so nothing can be judged. */
const CONTROL_FAULT = 'SP_DECISION_CONTROL_FAULT'

/** Answers by the control state in force; denies, as a fault, while that cannot be trusted. */
export function decisionPoint(control: ControlView): DecisionPoint {
  let ruling: Ruling | undefined
  return {
    decide(request) {
      const fault = control.fault()
      if (fault !== undefined) return faulted(request, fault)
      const state = control.state()
      if (ruling?.state !== state) ruling = rulingOf(state, ruling)
      return judge(ruling, request)
    },
  }
}

function faulted(request: DecideRequest, fault: string): Decision {
  return {
    outcome: 'deny',
    rule: 'fault',
    reasons: [`a fault, not a judgement: the control state cannot be trusted (${fault})`],
    risk: riskOf(request.action),
    policyVersion: 'none',
    fault: CONTROL_FAULT,
  }
}
