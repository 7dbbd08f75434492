import {
  type AcceptedDamage,
  type EventLog,
  EventLogDamaged,
  type TopicVerification,
  verifyTopic,
} from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import type { Health, Logger, Service } from '@sallyport/runtime'

export interface RecordWatchOptions {
  readonly log: EventLog
  readonly logger: Logger
  /** The damage of the log past which the record is shown (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
}

/** Whether the record of actions is what was written. */
export interface RecordWatch extends Service {
  /** Throws `EventLogDamaged` where it is not and no operator has accepted that. */
  requireWhole(): void
  /** Resolves when everything that is in the log now is verified. */
  caughtUp(): Promise<void>
  health(): Health
}

/** The records that are there at a start are read beside the calls, at this part of a core. */
const SHARE = 0.1

/**
 * Verifies the chains of the actions as they are recorded, and once of all that were recorded before: no fold reads them
 * whole. Deliveries go on behind damage, so that what is recorded there is not lost too.
 */
export function createRecordWatch({ log, logger, damage }: RecordWatchOptions): RecordWatch {
  let running: TopicVerification | undefined
  const requireWhole = () => {
    const found = running?.damage() ?? []
    if (found.length > 0) throw new EventLogDamaged(found)
  }
  return {
    requireWhole,
    async caughtUp() {
      await running?.caughtUp()
    },
    health() {
      const found = running?.damage() ?? []
      const facts = { verified: running?.verified() ?? 0, damaged: found.length }
      if (found.length === 0) return { status: 'ok', facts }
      return { status: 'down', reason: new EventLogDamaged(found).message, facts }
    },
    async start() {
      running = verifyTopic({
        log,
        topic: TOPICS.actions,
        share: SHARE,
        logger,
        ...(damage ? { damage } : {}),
      })
    },
    async stop() {
      await running?.stop()
    },
  }
}
