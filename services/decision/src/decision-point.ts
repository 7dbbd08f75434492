import type { ControlView } from '@sallyport/control'
import { riskOf } from '@sallyport/policy'
import type { DecideRequest, Decision, DecisionPoint } from '@sallyport/rpc'
import { messageOf } from '@sallyport/runtime'
import { judge, type Ruling, rulingOf } from './domain/judge.ts'

/** The control state may be stale or unreadable, so nothing can be judged. */
const CONTROL_FAULT = 'SP_DECISION_CONTROL_FAULT'

export interface JudgingPoint extends DecisionPoint {
  decide(request: DecideRequest): Decision
  /** Why every answer is a fault now, or undefined. */
  fault(): string | undefined
}

/** Answers by the control state in force; denies, as a fault, while that cannot be trusted or cannot be read. */
export function decisionPoint(control: ControlView): JudgingPoint {
  const ruling = compiledOnce(control)

  return {
    decide(request) {
      const fault = control.fault()
      if (fault !== undefined) return faulted(request, fault)
      const current = ruling()
      return typeof current === 'string' ? faulted(request, current) : judge(current, request)
    },
    fault() {
      const current = ruling()
      return control.fault() ?? (typeof current === 'string' ? current : undefined)
    },
  }
}

/** The ruling by the state in force, compiled when the state has changed; or why it cannot be. */
function compiledOnce(control: ControlView): () => Ruling | string {
  let state: unknown
  let last: Ruling | undefined
  let current: Ruling | string = 'nothing is in force yet'
  return () => {
    const next = control.state()
    if (next === state) return current
    state = next
    try {
      last = rulingOf(next, last)
      current = last
    } catch (reason) {
      current = `the permissions in force cannot be read: ${messageOf(reason)}`
    }
    return current
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
