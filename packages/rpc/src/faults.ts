import { NO_POLICY, type Verdict } from '@sallyport/policy'

/** The decision service did not answer within the deadline; the action was denied without being judged. */
export const DECISION_TIMEOUT = 'SP_DECISION_TIMEOUT'

/** No decision service could be reached, or its answer was lost; the action was denied without being judged. */
export const DECISION_UNAVAILABLE = 'SP_DECISION_UNAVAILABLE'

/** A question or an answer of the decision service could not be read; the action was denied without being judged. */
export const DECISION_UNREADABLE = 'SP_DECISION_UNREADABLE'

/** A deny that is a fault of ours: its rule is `fault`, it carries no policy version, and its reason says so. */
export function faultVerdict(fault: string, what: string): Verdict {
  return {
    outcome: 'deny',
    by: 'fault',
    rule: 'fault',
    reasons: [`${what}; this is a fault of Sallyport and not a judgement of the action`],
    risk: 'medium',
    policyVersion: NO_POLICY,
    fault,
    needs: null,
    readsArguments: false,
    catalog: null,
    controlOffset: 0,
  }
}

export function timedOut(deadlineMs: number): Verdict {
  return faultVerdict(DECISION_TIMEOUT, `no decision came within ${deadlineMs} ms`)
}

export function unavailable(what: string): Verdict {
  return faultVerdict(DECISION_UNAVAILABLE, what)
}

export function unreadable(): Verdict {
  return faultVerdict(DECISION_UNREADABLE, 'the decision service gave an answer that is not a verdict')
}

export function unreadableInput(): Verdict {
  return faultVerdict(DECISION_UNREADABLE, 'the decision service cannot read what it was asked')
}
