import {
  type Consumer,
  type DeadLetters,
  type Feed,
  type RecordsDestination,
  startConsumer,
} from '@sallyport/delivery'
import type { EventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import type { HealthCheck, Logger, Service } from '@sallyport/runtime'
import type { DestinationName } from './approval-routes.ts'

/** A destination of approvals that delivers while it runs. */
export interface RunningDestination extends Service {
  readonly name: DestinationName
  readonly health: HealthCheck
  /** Where people answer from there. */
  readonly routes?: ApiPlugin
}

export interface DeliveringOptions {
  readonly name: DestinationName
  /** Made when it starts. */
  readonly destination: () => RecordsDestination
  readonly routes?: ApiPlugin
  readonly log: EventLog
  readonly feed: Feed
  readonly deadLetters: DeadLetters
  readonly clock: () => Date
  readonly logger: Logger
  readonly onStop?: () => Promise<void> | void
}

const LONGEST_PAUSE_MS = 60_000

/** The name of its consumer, under which dead letters are kept. */
export const consumerOf = (name: DestinationName): string => `approvals.${name}`

/** Delivers what happens to approvals, one record at a time, for as long as it runs. */
export function delivering(options: DeliveringOptions): RunningDestination {
  const { name, destination, routes, log, feed, deadLetters, clock, logger, onStop } = options
  let consumer: Consumer | undefined
  let givenUp = 0
  const counted: DeadLetters = {
    async add(letter) {
      await deadLetters.add(letter)
      givenUp += 1
    },
  }
  return {
    name,
    ...(routes && { routes }),
    // Whatever becomes of a destination, calls are held and answered.
    async health() {
      const health = await consumer?.health()
      if (health === undefined) return { status: 'degraded', reason: 'nothing is told there yet' }
      const facts = { ...health.facts, ...(givenUp > 0 && { deadLetters: givenUp }) }
      return { ...health, facts, status: health.status === 'down' ? 'degraded' : health.status }
    },
    async start() {
      consumer = startConsumer({
        name: consumerOf(name),
        topics: [TOPICS.approvals],
        destination: destination(),
        feed,
        log,
        deadLetters: counted,
        from: clock().getTime(),
        limits: { maxCount: 1 },
        backoff: { firstMs: 500, longestMs: LONGEST_PAUSE_MS },
        clock,
        logger,
      })
    },
    async stop() {
      await consumer?.stop()
      await onStop?.()
    },
  }
}
