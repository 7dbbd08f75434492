import type { ControlState, Webhook } from '@sallyport/control'
import {
  type Consumer,
  type DeadLetters,
  type DeliveryMetrics,
  type Feed,
  type GiveUp,
  type RecordsDestination,
  replayOf,
  startConsumer,
} from '@sallyport/delivery'
import { EventPatternUnmatched, typesMatching } from '@sallyport/delivery/webhook'
import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { definitionOf, TOPICS } from '@sallyport/events'
import { type Logger, messageOf } from '@sallyport/runtime'

export interface WebhookHostOptions {
  readonly log: EventLog
  readonly feed: Feed
  readonly tenant: string
  readonly destinationOf: (webhook: Webhook) => RecordsDestination
  readonly deadLetters: DeadLetters
  readonly giveUp: GiveUp
  /** After this long an attempt is ended. */
  readonly attemptMs: number
  /** No pause between attempts is longer. */
  readonly longestPauseMs: number
  readonly metrics: DeliveryMetrics
  readonly clock: () => Date
  readonly logger: Logger
}

export interface RunningWebhook {
  readonly webhook: Webhook
  readonly consumer: Consumer
}

/** The name of a webhook's consumer. It hangs on the id: a name that is given anew has no marks and no dead letters. */
export function consumerOf({ id }: Webhook): string {
  return `webhook.${id}`
}

/** Runs a consumer for each webhook that is registered and not disabled. */
export class WebhookHost {
  readonly #options: WebhookHostOptions
  readonly #running = new Map<string, RunningWebhook>()
  readonly #stopping = new Set<Promise<void>>()

  constructor(options: WebhookHostOptions) {
    this.#options = options
  }

  /** Starts what is new, stops what is gone. */
  reconcile({ webhooks }: ControlState): void {
    const wanted = new Map([...webhooks.values()].filter(isEnabled).map((webhook) => [webhook.id, webhook]))
    const known = new Set([...webhooks.values()].map(({ id }) => id))
    for (const [id, { webhook }] of this.#running) if (!wanted.has(id)) this.#end(webhook, !known.has(id))
    for (const webhook of wanted.values()) if (!this.#running.has(webhook.id)) this.#begin(webhook)
  }

  running(): readonly RunningWebhook[] {
    return [...this.#running.values()]
  }

  async stop(): Promise<void> {
    for (const { webhook } of this.running()) this.#end(webhook, false)
    await Promise.all(this.#stopping)
  }

  #begin(webhook: Webhook): void {
    const { log, feed, tenant, destinationOf, longestPauseMs, logger, ...shared } = this.#options
    const types = this.#typesOf(webhook)
    if (types.size === 0) return
    const name = consumerOf(webhook)
    const wants = (record: StoredRecord) => {
      if (record.topic === TOPICS.deadLetters) return replayOf(record)?.consumer === name
      const { ce_type: type, ce_tenant: owner } = record.headers
      return owner === tenant && types.has(type ?? '')
    }
    const consumer = startConsumer({
      ...shared,
      name,
      topics: [...topicsOf(types), TOPICS.deadLetters],
      destination: destinationOf(webhook),
      feed,
      log,
      logger,
      from: Date.parse(webhook.createdAt),
      limits: { maxCount: 1 },
      backoff: { firstMs: 500, longestMs: longestPauseMs },
      wants,
    })
    this.#running.set(webhook.id, { webhook, consumer })
  }

  /** Types that a later release has are not known here: then nothing is sent. */
  #typesOf({ name, events }: Webhook): ReadonlySet<string> {
    try {
      return typesMatching(events)
    } catch (reason) {
      if (!(reason instanceof EventPatternUnmatched)) throw reason
      this.#options.logger.error({ webhook: name, reason: reason.message }, 'a webhook cannot be served')
      return new Set()
    }
  }

  #end({ id }: Webhook, forget: boolean): void {
    const running = this.#running.get(id)
    if (!running) return
    this.#running.delete(id)
    const { feed, logger } = this.#options
    const name = consumerOf(running.webhook)
    const stopping = running.consumer
      .stop()
      .then(() => (forget ? feed.forget(name) : undefined))
      // On Kafka the last instance that leaves the group can delete it.
      .catch((reason: unknown) =>
        logger.debug({ consumer: name, reason: messageOf(reason) }, 'marks were left'),
      )
      .finally(() => this.#stopping.delete(stopping))
    this.#stopping.add(stopping)
  }
}

function topicsOf(types: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...types].flatMap((type) => definitionOf(type)?.topic ?? []))
}

function isEnabled({ disabled }: Webhook): boolean {
  return disabled === null
}
