import { type Consumer, type Feed, startConsumer } from '@sallyport/delivery'
import type { EventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import type { HealthCheck, Service } from '@sallyport/runtime'
import { slackClient } from './slack-client.ts'
import type { SlackConfig } from './slack-config.ts'
import { slackDestination } from './slack-destination.ts'
import { type SlackInteractionsOptions, slackInteractions } from './slack-interactions.ts'
import { SlackSignatures } from './slack-signature.ts'

export interface SlackOptions extends Omit<SlackInteractionsOptions, 'signatures' | 'call' | 'people'> {
  readonly config: SlackConfig
  readonly log: EventLog
  readonly feed: Feed
}

export interface Slack extends Service {
  /** Where Slack sends clicks. */
  readonly routes: ApiPlugin
  readonly health: HealthCheck
}

const NAME = 'slack'
const LONGEST_PAUSE_MS = 60_000

/** Slack as a destination of approvals and a place to answer them; undefined where it is not configured. */
export function createSlack(options: SlackOptions): Slack | undefined {
  const { config, log, feed, clock, logger, ready } = options
  const { token, signingSecret, routes, people, url } = config
  if (token === null) return undefined
  const call = slackClient(url, token)
  let consumer: Consumer | undefined
  return {
    routes: async (server) => {
      if (signingSecret === null) return
      await server.register(
        slackInteractions({ ...options, call, people, signatures: new SlackSignatures(signingSecret) }),
      )
    },
    // Whatever Slack does, calls are held and answered.
    async health() {
      const health = await consumer?.health()
      if (health === undefined) return { status: 'degraded', reason: 'Slack is told of nothing yet' }
      return health.status === 'down' ? { ...health, status: 'degraded' } : health
    },
    async start() {
      consumer = startConsumer({
        name: NAME,
        topics: [TOPICS.approvals],
        destination: slackDestination({ ready, call, routes, clock }),
        feed,
        log,
        from: clock().getTime(),
        limits: { maxCount: 1 },
        backoff: { firstMs: 500, longestMs: LONGEST_PAUSE_MS },
        clock,
        logger,
      })
    },
    async stop() {
      await consumer?.stop()
    },
  }
}
