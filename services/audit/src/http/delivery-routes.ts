import { notThere, type RunningControlView, type Webhook } from '@sallyport/control'
import type { WebhookMessage } from '@sallyport/delivery/webhook'
import type { Publisher } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { type ApiPlugin, actorOf, ListOf, NotFound, PageQuery, pageOf } from '@sallyport/http-api'
import { messageOf, newId } from '@sallyport/runtime'
import type { DeadLetterFold, KeptLetter } from '../destinations/dead-letter-fold.ts'
import type { PostMessage } from '../destinations/post-message.ts'
import { consumerOf, type WebhookHost } from '../destinations/webhook-host.ts'
import {
  DeadLetterView,
  DeliveryParams,
  DeliveryView,
  ReplayAnswer,
  ReplayRequest,
  TestAnswer,
} from './delivery-schemas.ts'

export interface DeliveryRoutesOptions {
  readonly control: RunningControlView
  readonly host: WebhookHost
  readonly letters: DeadLetterFold
  readonly publisher: Publisher
  readonly post: PostMessage
  readonly keyOf: (webhook: Webhook) => Promise<Uint8Array>
  readonly tenant: string
  readonly clock: () => Date
}

const tags = ['webhooks']
const TEST_MS = 15_000
/** Destinations in the approvals service. What they could not tell is not told again: the approval has gone on. */
const OF_APPROVALS: ReadonlySet<string> = new Set(['approvals.slack', 'approvals.teams', 'approvals.email'])
/** Requests to replay that one call appends at most; a next call appends the next. */
const MOST_REPLAYED = 1000

/** How deliveries get on, their dead letters, and delivering those again. */
export function deliveryRoutes(options: DeliveryRoutesOptions): ApiPlugin {
  const { control, letters, publisher, post, keyOf, tenant, clock } = options

  const webhookOf = (name: string): Webhook => {
    const webhook = control.state().webhooks.get(name)
    if (!webhook) throw new NotFound(notThere('webhook', name, control.state().webhooks.keys()))
    return webhook
  }

  /** Of a webhook, or of a destination of approvals, whose letters are told under the name of its consumer. */
  const consumerNamed = (name: string): string =>
    OF_APPROVALS.has(name) && !control.state().webhooks.has(name) ? name : consumerOf(webhookOf(name))

  return async (server) => {
    server.get(
      '/v1/deliveries',
      {
        schema: {
          summary: 'How deliveries get on',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(DeliveryView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(control.state().webhooks.values(), (webhook) => webhook.name, query)
        return {
          items: await Promise.all(page.items.map((webhook) => viewOf(options, webhook))),
          next: page.next,
        }
      },
    )
    server.get(
      '/v1/deliveries/:name/dead-letters',
      {
        schema: {
          summary:
            'Events that were given up, oldest first: of a webhook, or of approvals.slack, approvals.teams, approvals.email',
          tags,
          params: DeliveryParams,
          querystring: PageQuery,
          response: { 200: ListOf(DeadLetterView) },
        },
      },
      async ({ params, query }) => {
        const page = pageOf(letters.lettersOf(consumerNamed(params.name)), keyOfLetter, query)
        return { items: page.items.map(letterView), next: page.next }
      },
    )
    server.post(
      '/v1/deliveries/:name/replay',
      {
        schema: {
          summary: 'Delivers dead letters again, all or one',
          tags,
          params: DeliveryParams,
          body: ReplayRequest,
          response: { 202: ReplayAnswer },
        },
      },
      async (request, reply) => {
        const consumer = consumerOf(webhookOf(request.params.name))
        const { eventId } = request.body
        const chosen = letters
          .lettersOf(consumer)
          .filter((letter) => eventId === undefined || letter.eventId === eventId)
          .slice(0, MOST_REPLAYED)
        if (eventId !== undefined && chosen.length === 0)
          throw new NotFound('there is no dead letter of this event')
        const { principal, idempotencyKey } = request
        const actor = actorOf(principal)
        const positions = await Promise.all(
          chosen.map(({ topic, partition, offset, eventId, eventType }) => {
            const data = { actor, idempotencyKey, consumer, topic, partition, offset, eventId, eventType }
            const draft = { source: '/audit', subject: consumer, tenant, key: consumer, data }
            return publisher.publish(
              newEvent({ type: 'sallyport.delivery.replay_requested.v1', ...draft }, clock()),
            )
          }),
        )
        await Promise.all(positions.map((position) => letters.fold.settled(position)))
        return reply.code(202).send({ requested: positions.length })
      },
    )
    server.post(
      '/v1/deliveries/:name/test',
      {
        schema: {
          summary: 'Sends a message of the type sallyport.webhook.test.v1 now, once',
          tags,
          params: DeliveryParams,
          response: { 200: TestAnswer },
        },
      },
      async ({ params }) => {
        const webhook = webhookOf(params.name)
        try {
          const key = await keyOf(webhook)
          const signal = AbortSignal.timeout(TEST_MS)
          const posting = { url: webhook.url, key, at: clock(), signal }
          const status = await post(testMessage(webhook, tenant, clock()), posting)
          return { delivered: true, status, reason: null }
        } catch (reason) {
          return { delivered: false, status: null, reason: messageOf(reason) }
        }
      },
    )
  }
}

async function viewOf({ host, letters }: DeliveryRoutesOptions, webhook: Webhook) {
  const { name, disabled } = webhook
  const deadLetters = letters.lettersOf(consumerOf(webhook)).length
  const found = host.running().find((running) => running.webhook.id === webhook.id)
  const lag = (await found?.consumer.lag()) ?? { events: 0, ms: 0 }
  const shared = { name, kind: 'webhook' as const, lagEvents: lag.events, lagMs: lag.ms, deadLetters }
  if (disabled) return { ...shared, status: 'disabled' as const, reason: disabled.reason }
  const reason = found?.consumer.fault() ?? null
  if (reason !== null) return { ...shared, status: 'failing' as const, reason }
  const active = found?.consumer.active() ?? false
  return { ...shared, status: active ? ('delivering' as const) : ('standby' as const), reason }
}

function letterView({ consumer: _consumer, ...letter }: KeptLetter) {
  return letter
}

/** Sorts by the time of the letter, and is the same for nobody else. */
function keyOfLetter({ deadLetteredAt, topic, partition, offset }: KeptLetter): string {
  return `${deadLetteredAt} ${topic} ${partition} ${String(offset).padStart(16, '0')}`
}

function testMessage({ id: webhookId, name }: Webhook, tenant: string, at: Date): WebhookMessage {
  const id = newId()
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    type: 'sallyport.webhook.test.v1',
    source: '/audit',
    subject: webhookId,
    time: at.toISOString(),
    tenant,
    datacontenttype: 'application/json',
    data: { webhook: name },
  })
  return { id, body }
}
