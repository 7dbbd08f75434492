import { type KafkaSettings, kafkaSecurity, type Logger, messageOf, newId, retry } from '@sallyport/runtime'
import { EventLogRefused, EventLogUnavailable } from '../errors.ts'
import { type KafkaEventLog, type KafkaEventLogOptions, kafkaEventLog } from './kafka-event-log.ts'

/** The log of one process of a fleet. */
export interface FleetLog {
  readonly log: KafkaEventLog
  /** How it is reached, for whatever else the process asks of the same brokers. */
  readonly connection: KafkaEventLogOptions & { readonly logger: Logger }
  /**
   * Makes topics that are not there, as soon as the brokers answer. Rejects where they refuse it, and when the log closes.
   */
  prepare(topics: readonly string[]): Promise<void>
}

const LONGEST_PAUSE_MS = 5000

/** `service` is the process's name among the brokers' clients. Nothing is connected before the log is used. */
export function fleetLog(settings: KafkaSettings, service: string, logger: Logger): FleetLog {
  const connection = {
    brokers: settings.brokers,
    security: kafkaSecurity(settings),
    clientId: `${service}-${newId()}`,
    logger,
  }
  const log = kafkaEventLog(connection)
  return {
    log,
    connection,
    prepare: (topics) =>
      retry(() => log.ensureTopics(topics), {
        longestMs: LONGEST_PAUSE_MS,
        isFinal: (reason) => reason instanceof EventLogRefused || !(reason instanceof EventLogUnavailable),
        onRetry: (reason) =>
          logger.warn({ reason: messageOf(reason) }, 'the topics are made when the log answers'),
      }),
  }
}
