import type { Decision } from './decision.ts'

/** The decision service did not answer within the deadline; the action was denied without being judged. */
export const DECISION_TIMEOUT = 'SP_DECISION_TIMEOUT'

/** No decision service could be reached, or its answer was lost; the action was denied without being judged. */
export const DECISION_UNAVAILABLE = 'SP_DECISION_UNAVAILABLE'

/** The decision service's answer is not a verdict; the action was denied without being judged. */
export const DECISION_UNREADABLE = 'SP_DECISION_UNREADABLE'

/** A deny that is a fault of ours: its rule is `fault`, it carries no policy version, and its reason says so. */
export function faultDecision(fault: string, what: string): Decision {
  return {
    outcome: 'deny',
    rule: 'fault',
    reasons: [`${what}; this is a fault of Sallyport and not a judgement of the action`],
    risk: 'medium',
    policyVersion: 'none',
    fault,
  }
}

export function timedOut(deadlineMs: number): Decision {
  return faultDecision(DECISION_TIMEOUT, `no decision came within ${deadlineMs} ms`)
}

export function unavailable(what: string): Decision {
  return faultDecision(DECISION_UNAVAILABLE, what)
}

export function unreadable(): Decision {
  return faultDecision(DECISION_UNREADABLE, 'the decision service gave an answer that is not a verdict')
}
