import { SallyportError } from '@sallyport/runtime'

/** ClickHouse, embedded or on a server, does not answer. Nothing is lost, because the log has all of it. */
export class ClickHouseUnavailable extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_CLICKHOUSE_UNAVAILABLE', 'unavailable', `ClickHouse does not answer: ${why}`, options)
  }
}

/** A query ran into its limit of time or memory; a narrower time range helps. */
export class AuditQueryTooHeavy extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_AUDIT_QUERY_TOO_HEAVY', 'exhausted', 'the query needs too much; narrow its time range', options)
  }
}

/** A filter of a timeline or summary cannot be read; the message names it. */
export class AuditFilterInvalid extends SallyportError {
  constructor(name: string, expected: string) {
    super('SP_AUDIT_FILTER_INVALID', 'invalid', `${name} ${expected}`)
  }
}

/** No event of this action is in ClickHouse (yet). */
export class ActionNotFound extends SallyportError {
  constructor() {
    super('SP_AUDIT_ACTION_NOT_FOUND', 'not_found', 'no event of this action is recorded')
  }
}

/** A migration that was applied is not the file of the same number any more, or is gone. */
export class MigrationChanged extends SallyportError {
  constructor(name: string, why: string) {
    super('SP_AUDIT_MIGRATION_CHANGED', 'conflict', `migration ${name} was applied and ${why}`)
  }
}

/** The file of the log was replaced while it was open; what is in the new one is not what was recorded. */
export class LogReplaced extends SallyportError {
  constructor(path: string) {
    super(
      'SP_AUDIT_LOG_REPLACED',
      'conflict',
      `${path} is not the file any more that was opened; restart Sallyport`,
    )
  }
}

/** ClickHouse is ahead of the log, or has other records: the log was taken back or is another one. Nothing is ingested. */
export class LogIsAnother extends SallyportError {
  constructor(topic: string, why: string) {
    super(
      'SP_AUDIT_LOG_IS_ANOTHER',
      'conflict',
      `ClickHouse ${why} of ${topic}: the log was taken back, or ClickHouse was filled from another one; keep its data elsewhere if they are the only record, and remove them to have it filled anew`,
    )
  }
}
