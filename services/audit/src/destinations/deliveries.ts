import { type RunningControlView, submitControl, type Webhook } from '@sallyport/control'
import { type DeliveryMetrics, deadLetterLog, type Feed, noMetrics } from '@sallyport/delivery'
import type { AcceptedDamage, EventLog, Publisher } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import {
  type Environment,
  type Health,
  type HealthCheck,
  type Logger,
  messageOf,
  type Perimeter,
  type Service,
} from '@sallyport/runtime'
import type { DeliveryConfig } from '../config.ts'
import { deliveryRoutes } from '../http/delivery-routes.ts'
import { startDeadLetterFold } from './dead-letter-fold.ts'
import { createPoster } from './post-message.ts'
import { webhookDestination } from './webhook-destination.ts'
import { type RunningWebhook, WebhookHost } from './webhook-host.ts'
import { webhookKeys } from './webhook-keys.ts'

export interface DeliveriesOptions {
  readonly config: DeliveryConfig
  readonly log: EventLog
  readonly feed: Feed
  readonly publisher: Publisher
  /** Caught up before `start`. */
  readonly control: RunningControlView
  /** The one secret of the installation. */
  readonly secret: Uint8Array
  /** Where `--secret-env` is looked up. */
  readonly environment: Environment
  /** Where receivers may be. */
  readonly perimeter: Perimeter
  readonly clock: () => Date
  readonly logger: Logger
  readonly metrics?: DeliveryMetrics
  /** The damage of the log past which dead letters are read on (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
  readonly tenant?: string
}

export interface Deliveries extends Service {
  readonly routes: ApiPlugin
  readonly health: { readonly webhooks: HealthCheck }
}

/** The destinations that are told of events at least once; at present webhooks. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { config, log, feed, publisher, control, secret, environment, clock, logger } = options
  const { metrics = noMetrics, tenant = DEFAULT_TENANT } = options
  const { answerMs, eventMinutes, destinationMinutes, longestPauseMs } = config.webhooks
  const poster = createPoster({ answerMs, perimeter: options.perimeter })
  const keyOf = webhookKeys({ secret, environment, credentials: config.credentials.folder })
  const submit = submitControl({ publisher, view: control, clock, tenant, source: '/audit' })
  const letters = startDeadLetterFold(log, logger, options.damage)

  const disable = (webhook: Webhook) => {
    const { id, name } = webhook
    const actor = { type: 'system' as const, name: 'audit' }
    const reason = 'the receiver answered 410 Gone'
    submit('sallyport.webhook.disabled.v1', name, { actor, idempotencyKey: null, id, name, reason }).catch(
      (fault: unknown) =>
        logger.warn({ webhook: name, reason: messageOf(fault) }, 'a webhook was not disabled'),
    )
  }
  const host = new WebhookHost({
    log,
    feed,
    tenant,
    destinationOf: (webhook) =>
      webhookDestination({ webhook, log, post: poster.post, keyOf, onGone: disable, clock }),
    deadLetters: deadLetterLog({ publisher, tenant, source: '/audit', clock }),
    giveUp: { eventMs: eventMinutes * 60_000, destinationMs: destinationMinutes * 60_000 },
    attemptMs: answerMs + 10_000,
    longestPauseMs,
    metrics,
    clock,
    logger,
  })
  let unwatch = () => {}

  return {
    routes: deliveryRoutes({ control, host, letters, publisher, post: poster.post, keyOf, tenant, clock }),
    health: { webhooks: () => healthOf(host.running()) },
    async start() {
      unwatch = control.onChange((state) => host.reconcile(state))
      host.reconcile(control.state())
    },
    async stop() {
      unwatch()
      await host.stop()
      await letters.fold.stop()
      await poster.close()
    },
  }
}

/** Less than health is given: where the log does not say how far it is, that is the reason, and nothing is down. */
const HEALTH_MS = 700

/** A receiver that does not answer makes the whole no less able to serve. */
async function healthOf(running: readonly RunningWebhook[]): Promise<Health> {
  const parts = await Promise.all(running.map(healthOfOne))
  const facts = {
    webhooks: parts.length,
    lagEvents: parts.reduce((sum, { health }) => sum + Number(health.facts?.['lagEvents'] ?? 0), 0),
    lagMs: Math.max(0, ...parts.map(({ health }) => Number(health.facts?.['lagMs'] ?? 0))),
  }
  const troubled = parts.filter(({ health }) => health.status !== 'ok')
  if (troubled.length === 0) return { status: 'ok', facts }
  const reason = troubled.map(({ name, health }) => `${name}: ${health.reason}`).join('; ')
  return { status: 'degraded', reason: `${reason} (${facts.lagEvents} events wait)`, facts }
}

async function healthOfOne({ webhook, consumer }: RunningWebhook) {
  const late = Promise.withResolvers<Health>()
  const unknown: Health = { status: 'degraded', reason: 'the log does not say how much waits' }
  const timer = setTimeout(() => late.resolve(unknown), HEALTH_MS)
  const health = await Promise.race([consumer.health().catch(() => unknown), late.promise])
  clearTimeout(timer)
  return { name: webhook.name, health }
}
