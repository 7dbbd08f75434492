import { SallyportError } from '@sallyport/runtime'
import { type LogDamage, placeOfDamage } from './damage/log-damage.ts'

/** The log did not confirm the append; the caller treats the action as not recorded. */
export class EventLogUnavailable extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super('SP_EVENT_LOG_UNAVAILABLE', 'unavailable', `the event log is not available: ${what}`, options)
  }
}

/**
 * The brokers do not let this process in, do not let it do this, or have a topic that cannot be used. The message says
 * which; another try would meet it again.
 */
export class EventLogRefused extends EventLogUnavailable {}

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

/** Another process (or another log in this one) has the file open; two writers would give one offset twice. */
export class EventLogLocked extends SallyportError {
  constructor(path: string, options?: ErrorOptions) {
    super('SP_EVENT_LOG_LOCKED', 'conflict', `the event log ${path} is in use by another instance`, options)
  }
}

/** The file is damaged, was written by something else, or by a later version; nothing in it was changed. */
export class EventLogUnreadable extends SallyportError {
  constructor(path: string, why: string, options?: ErrorOptions) {
    super('SP_EVENT_LOG_UNREADABLE', 'invalid', `${path} cannot be read as an event log: ${why}`, options)
  }
}

/** One event is larger than a log takes; nothing was appended. */
export class EventTooLarge extends SallyportError {
  constructor(type: string, bytes: number) {
    super('SP_EVENT_TOO_LARGE', 'invalid', `an event ${type} of ${bytes} bytes is too large for the log`)
  }
}

/** The fold does not go on, so what came of the event will not be known here. */
export class FoldEnded extends SallyportError {
  constructor(topic: string, why: string, options?: ErrorOptions) {
    super('SP_FOLD_ENDED', 'unavailable', `the fold of ${topic} has ended: ${why}`, options)
  }
}

/** The fold has passed the event without keeping an outcome: its record was passed over, or it was too long ago. */
export class OutcomeUnknown extends SallyportError {
  constructor(topic: string, place: string, why: string, options?: ErrorOptions) {
    super(
      'SP_FOLD_OUTCOME_UNKNOWN',
      'internal',
      `what came of ${topic} ${place} is not known: ${why}`,
      options,
    )
  }
}

/**
 * The log is not what was written: records are missing, changed or cannot be read. Nothing is decided by what is behind
 * that place, until an operator accepts it with a reason, which is recorded.
 */
export class EventLogDamaged extends SallyportError {
  readonly damage: readonly LogDamage[]

  constructor(damage: readonly LogDamage[]) {
    const [first] = damage
    const more = damage.length > 1 ? `, and ${damage.length - 1} more` : ''
    const where = first ? `${placeOfDamage(first)}: ${first.what}${more}` : 'unknown'
    super(
      'SP_EVENT_LOG_DAMAGED',
      'unavailable',
      `the log is damaged at ${where}; restore it, or go on without what is lost: npm start -- --accept-log-damage REASON, in a fleet npm run accept-log-damage REASON; it is recorded`,
    )
    this.damage = damage
  }
}
