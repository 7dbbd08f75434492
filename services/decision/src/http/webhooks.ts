import { notThere, type Webhook } from '@sallyport/control'
import { derivedSecret, typesMatching, webhookUrl } from '@sallyport/delivery/webhook'
import { type ApiPlugin, ListOf, NotFound, PageQuery, pageOf } from '@sallyport/http-api'
import { newId, type Perimeter, refuseShortcuts } from '@sallyport/runtime'
import { type Commands, made } from './commands.ts'
import { Gone, NameParams } from './schemas.ts'
import { NewWebhook, WebhookView, WebhookWithSecret } from './webhook-schemas.ts'

const tags = ['webhooks']

/** The addresses that are told of events. `installationSecret` makes the secret of those that name none. */
export function webhookRoutes(
  { state, run }: Commands,
  perimeter: Perimeter,
  installationSecret: Uint8Array,
): ApiPlugin {
  return async (server) => {
    server.post(
      '/v1/webhooks',
      {
        schema: {
          summary: 'Tells an address of events from now on; gives the secret, once, unless one was named',
          tags,
          body: NewWebhook,
          response: { 201: WebhookWithSecret },
        },
      },
      async (request, reply) => {
        const { name, url, events, secret = null, insecure = false } = request.body
        typesMatching(events)
        const address = webhookUrl(url, insecure)
        refuseShortcuts(perimeter, address, insecure)
        const data = {
          id: newId(),
          name,
          url: address,
          events,
          secret: secret ?? ({ kind: 'derived' } as const),
        }
        await run(request, 'sallyport.webhook.added.v1', name, data)
        const webhook = made(state().webhooks.get(name))
        const shown = webhook.secret.kind === 'derived' ? derivedSecret(installationSecret, webhook.id) : null
        return reply.code(201).send({ ...viewOf(webhook), signingSecret: shown })
      },
    )
    server.get(
      '/v1/webhooks',
      {
        schema: {
          summary: 'The webhooks, by name',
          tags,
          querystring: PageQuery,
          response: { 200: ListOf(WebhookView) },
        },
      },
      async ({ query }) => {
        const page = pageOf(state().webhooks.values(), (webhook) => webhook.name, query)
        return { items: page.items.map(viewOf), next: page.next }
      },
    )
    server.get(
      '/v1/webhooks/:name',
      {
        schema: { summary: 'One webhook', tags, params: NameParams, response: { 200: WebhookView } },
      },
      async ({ params }) => {
        const webhook = state().webhooks.get(params.name)
        if (!webhook) throw new NotFound(notThere('webhook', params.name, state().webhooks.keys()))
        return viewOf(webhook)
      },
    )
    server.delete(
      '/v1/webhooks/:name',
      {
        schema: {
          summary: 'Tells an address of nothing any more',
          tags,
          params: NameParams,
          response: { 204: Gone },
        },
      },
      async (request, reply) => {
        const { name } = request.params
        await run(request, 'sallyport.webhook.removed.v1', name, { name })
        return reply.code(204).send(null)
      },
    )
  }
}

function viewOf({ id, name, url, events, secret, createdAt, disabled }: Webhook) {
  return { id, name, url, events: [...events], secret, createdAt, disabled }
}
