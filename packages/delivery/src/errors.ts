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

/** The consumer was stopped before it had delivered what was asked for. */
export class DeliveryStopped extends SallyportError {
  constructor(name: string) {
    super('SP_DELIVERY_STOPPED', 'unavailable', `the delivery to ${name} was stopped`)
  }
}
