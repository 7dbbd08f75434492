import { riskOf } from '@sallyport/policy'
import type { SallyportError } from '@sallyport/runtime'
import type { DecideRequest, Decision } from './decision.ts'

/** The policy version of a denial that no policy gave. */
export const NO_POLICY = 'none'

/** A fault of ours as the denial it amounts to, which says that nobody judged the action. */
export function faultDecision(request: Pick<DecideRequest, 'action'>, fault: SallyportError): Decision {
  return {
    outcome: 'deny',
    rule: `fault ${fault.code}`,
    reasons: [`a fault of Sallyport and not a judgement of this action: ${fault.message}`],
    risk: riskOf(request.action),
    policyVersion: NO_POLICY,
    fault: fault.code,
  }
}
