import { SallyportError } from '@sallyport/runtime'

/** The decision did not come within its deadline; the action is denied. */
export class DecisionTimeout extends SallyportError {
  constructor(deadlineMs: number) {
    super('SP_DECISION_TIMEOUT', 'timeout', `no decision came within ${deadlineMs} ms`)
  }
}

/** No decision service answers, or its answer was lost on the way; the action is denied. */
export class DecisionUnavailable extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_DECISION_UNAVAILABLE', 'unavailable', `no decision service answers: ${why}`, options)
  }
}

/** The decision service answered what is no decision; the action is denied. */
export class DecisionMalformed extends SallyportError {
  constructor() {
    super('SP_DECISION_MALFORMED', 'internal', 'the decision service answered what is no decision')
  }
}

/** The decision service threw instead of answering; the action is denied. */
export class DecisionFailed extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_DECISION_FAILED', 'internal', 'the decision service failed while deciding', options)
  }
}
