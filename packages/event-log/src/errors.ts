import { SallyportError } from '@sallyport/runtime'

/** The log did not confirm the append; the caller treats the action as not recorded. */
export class EventLogUnavailable extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super('SP_EVENT_LOG_UNAVAILABLE', 'unavailable', `the event log is not available: ${what}`, options)
  }
}

/** More waits to be appended than memory allows; the caller denies rather than queue without bound. */
export class EventLogOverloaded extends SallyportError {
  constructor(topic: string) {
    super('SP_EVENT_LOG_OVERLOADED', 'exhausted', `too much waits to be appended to ${topic}`)
  }
}

/** The log was closed before, or while, it was asked. */
export class EventLogClosed extends SallyportError {
  constructor() {
    super('SP_EVENT_LOG_CLOSED', 'unavailable', 'the event log is closed')
  }
}
