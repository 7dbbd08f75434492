import { LimitExceeded } from '@sallyport/runtime'

/** The body, of which nothing is kept, is larger than allowed. */
export class BodyTooLarge extends LimitExceeded {
  constructor(maxBytes: number) {
    super('SP_BODY_TOO_LARGE', 'exhausted', 'body bytes', `the body is larger than ${maxBytes} bytes`)
  }
}

/** The body did not arrive in the time that a request may take; nothing of it is kept. */
export class BodyTooSlow extends LimitExceeded {
  constructor(ms: number) {
    super('SP_BODY_TOO_SLOW', 'exhausted', 'body time', `the body did not arrive within ${ms} ms`)
  }
}

/** The arguments of a call that needs a person are longer than what can be kept for that person to see. */
export class ArgumentsTooLong extends LimitExceeded {
  constructor() {
    const message =
      'its arguments are too long to be shown to a person, and nobody may approve what they cannot see'
    super('SP_HOLD_ARGUMENTS_TOO_LONG', 'exhausted', 'arguments of a held call', message)
  }
}

/** A batch has more messages than it may have. */
export class BatchTooLong extends LimitExceeded {
  constructor(max: number) {
    super('SP_BATCH_TOO_LONG', 'exhausted', 'messages in a batch', `a batch of more than ${max} messages`)
  }
}

/** The gateway has the most calls under way that it may have. One of them has to end first. */
export class TooManyCalls extends LimitExceeded {
  constructor(max: number) {
    const message = `this gateway has ${max} calls under way and may not have more`
    super('SP_TOO_MANY_CALLS', 'exhausted', 'calls at once', message)
  }
}

/** The gateway has the most streams open that it may have. One of them has to end first. */
export class TooManyStreams extends LimitExceeded {
  constructor(max: number) {
    const message = `this gateway has ${max} streams open and may not have more`
    super('SP_TOO_MANY_STREAMS', 'exhausted', 'streams at once', message)
  }
}

/** As many calls of the gateway wait for a person as may; the verdict that names it carries its words. */
export class TooManyHolds extends LimitExceeded {
  constructor(max: number) {
    const message = `this gateway has ${max} calls that wait for a person and may not have more (SP_TOO_MANY_HOLDS)`
    super('SP_TOO_MANY_HOLDS', 'exhausted', 'held calls', message)
  }
}

/** The requests and answers of this gateway, or of all gateways, fill the memory that they may use. */
export class TooManyBytes extends LimitExceeded {
  constructor() {
    const message =
      'too many bytes of requests and answers are under way; some have to end or to be read first'
    super('SP_TOO_MANY_BYTES', 'exhausted', 'bytes in memory', message)
  }
}
