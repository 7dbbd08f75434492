import { SallyportError } from '@sallyport/runtime'

/** The destination refuses the event for good; another attempt would meet the same answer. */
export class EventRefused extends SallyportError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SP_DELIVERY_EVENT_REFUSED', 'invalid', reason, options)
  }
}

export interface FailureDetails extends ErrorOptions {
  /** Milliseconds that the destination asked to be left alone for. */
  readonly retryAfterMs?: number
  /**
   * `destination` (the default): nothing gets through at present, so the event is not at fault. `event`: the destination
   * answers and fails on this event.
   */
  readonly blame?: 'destination' | 'event'
}

/** The destination did not take the batch this time. */
export class DestinationFailed extends SallyportError {
  readonly retryAfterMs: number | undefined
  readonly blame: 'destination' | 'event'

  constructor(reason: string, details: FailureDetails = {}) {
    super('SP_DELIVERY_FAILED', 'unavailable', reason, details)
    this.retryAfterMs = details.retryAfterMs
    this.blame = details.blame ?? 'destination'
  }
}

/** The destination has more of a topic than the log: events of the log would be passed over as if it had them. */
export class AheadOfLog extends SallyportError {
  constructor(consumer: string, topic: string, partition: number, next: number, end: number) {
    super(
      'SP_DELIVERY_AHEAD',
      'conflict',
      `${consumer} has ${topic} ${partition} up to ${next}, and the log ends at ${end}: it was taken back or is another one`,
    )
  }
}

/** The consumer was stopped before it had delivered what was asked for. */
export class DeliveryStopped extends SallyportError {
  constructor(name: string) {
    super('SP_DELIVERY_STOPPED', 'unavailable', `the delivery to ${name} was stopped`)
  }
}
