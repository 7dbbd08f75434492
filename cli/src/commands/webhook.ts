import { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { action } from '../context.ts'
import { EXIT, UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { everyItem, type ListFlags, listFlags, listOf } from './paging.ts'

interface Webhook {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly events: readonly string[]
  readonly secret: { readonly kind: string; readonly variable?: string; readonly file?: string }
  readonly createdAt: string
  readonly disabled: { readonly reason: string; readonly at: string } | null
  readonly signingSecret?: string | null
}

interface Delivery {
  readonly name: string
  readonly status: string
  readonly reason: string | null
  readonly lagEvents: number
  readonly lagMs: number
  readonly deadLetters: number
}

interface DeadLetter {
  readonly eventId: string | null
  readonly eventType: string | null
  readonly reason: string
  readonly attempts: number
  readonly deadLetteredAt: string
}

interface AddFlags {
  readonly url: string
  readonly events: string
  readonly secretEnv?: string
  readonly secretFile?: string
  readonly insecure?: boolean
}

/** `sallyport webhook …`: addresses that are told of events, signed and at least once. */
export function webhookCommand(): Command {
  const command = new Command('webhook').description(
    'addresses that are told of events, signed, at least once',
  )
  for (const one of [
    addCommand(),
    listCommand(),
    showCommand(),
    removeCommand(),
    testCommand(),
    deadLettersCommand(),
    replayCommand(),
  ])
    command.addCommand(one)
  return command
}

function addCommand(): Command {
  return example(
    new Command('add')
      .description(
        'tells an address of events from now on; prints the signing secret once unless one is named',
      )
      .argument('<name>')
      .requiredOption('--url <url>', 'https, or http on this machine')
      .requiredOption(
        '--events <patterns>',
        "which events, comma-separated: 'approval.*', action.decided, '*'",
      )
      .option('--secret-env <variable>', 'the variable of the delivering process with the signing secret')
      .option('--secret-file <file>', 'a file in its SALLYPORT_CREDENTIALS_DIR with the signing secret')
      .option('--insecure', 'allows http to another machine: events go there in plain text'),
    "sallyport webhook add ops --url https://hooks.example.com/in --events 'approval.*'",
    "sallyport webhook add local --url http://127.0.0.1:9000/ --events '*' --secret-env HOOK_SECRET",
  ).action(
    action(async ({ api, output }, name: string, flags: AddFlags) => {
      const { url, insecure = false } = flags
      const events = flags.events.split(',').flatMap((pattern) => pattern.trim() || [])
      if (events.length === 0) throw new UsageError('--events needs at least one pattern')
      const body = { name, url, events, secret: secretOf(flags), insecure }
      const webhook = await api.write<Webhook>('POST', '/v1/webhooks', body)
      output.object(webhook, () =>
        [
          `added webhook ${name}: ${webhook.events.join(', ')} to ${printable(webhook.url)}`,
          ...(webhook.signingSecret
            ? [
                `secret: ${webhook.signingSecret}`,
                'It is shown only now. The receiver verifies signatures with it.',
              ]
            : []),
        ].join('\n'),
      )
    }),
  )
}

function secretOf({ secretEnv, secretFile }: AddFlags): object | null {
  if (secretEnv !== undefined && secretFile !== undefined)
    throw new UsageError('--secret-env and --secret-file exclude each other')
  if (secretEnv !== undefined) return { kind: 'env', variable: secretEnv }
  return secretFile === undefined ? null : { kind: 'file', file: secretFile }
}

function listCommand(): Command {
  return example(
    listFlags(new Command('list').description('lists the webhooks and how they get on')),
    'sallyport webhook list',
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const [page, deliveries] = await Promise.all([
        listOf<Webhook>(api, '/v1/webhooks', flags),
        listOf<Delivery>(api, '/v1/deliveries', { all: true }),
      ])
      const items = page.items.map((webhook) => ({
        ...webhook,
        delivery: deliveries.items.find(({ name }) => name === webhook.name) ?? null,
      }))
      const rows = items.map(({ name, url, events, delivery }) => [
        name,
        delivery?.status ?? '',
        delivery ? String(delivery.lagEvents) : '',
        delivery ? String(delivery.deadLetters) : '',
        events.join(','),
        url,
      ])
      output.list({ ...page, items }, () =>
        table(['NAME', 'STATUS', 'LAG', 'DEAD LETTERS', 'EVENTS', 'URL'], rows),
      )
    }),
  )
}

function showCommand(): Command {
  return example(
    new Command('show').description('shows a webhook and how it gets on').argument('<name>'),
    'sallyport webhook show ops',
  ).action(
    action(async ({ api, output }, name: string) => {
      const webhook = await api.get<Webhook>(`/v1/webhooks/${encodeURIComponent(name)}`)
      const delivery = await deliveryOf(api, name)
      output.object({ ...webhook, delivery }, () => detailText(webhook, delivery))
    }),
  )
}

async function deliveryOf(api: ApiClient, name: string): Promise<Delivery | null> {
  for await (const delivery of everyItem<Delivery>(api, '/v1/deliveries', {}, {}))
    if (delivery.name === name) return delivery
  return null
}

function detailText(webhook: Webhook, delivery: Delivery | null): string {
  const { kind, variable, file } = webhook.secret
  const facts: readonly (readonly [string, string])[] = [
    ['name', webhook.name],
    ['url', webhook.url],
    ['events', webhook.events.join(', ')],
    ['secret', kind === 'derived' ? 'made by Sallyport' : `${kind} ${variable ?? file ?? ''}`],
    ['added', shownTime(webhook.createdAt)],
    ...(delivery
      ? ([
          ['status', delivery.reason ? `${delivery.status}: ${delivery.reason}` : delivery.status],
          ['lag', `${delivery.lagEvents} events, ${delivery.lagMs} ms`],
          ['dead letters', String(delivery.deadLetters)],
        ] as const)
      : []),
  ]
  return facts.map(([name, value]) => `${name.padEnd(14)}${printable(value)}`).join('\n')
}

function removeCommand(): Command {
  return example(
    new Command('remove').description('tells an address of nothing any more').argument('<name>'),
    'sallyport webhook remove ops',
  ).action(
    action(async ({ api, output }, name: string) => {
      await api.write('DELETE', `/v1/webhooks/${encodeURIComponent(name)}`)
      output.object({ name, removed: true }, () => `removed webhook ${name}`)
    }),
  )
}

function testCommand(): Command {
  return example(
    new Command('test')
      .description(
        'sends a message of the type sallyport.webhook.test.v1 now; exits 1 when it is not confirmed',
      )
      .argument('<name>'),
    'sallyport webhook test ops',
  ).action(
    action(async ({ api, output }, name: string) => {
      const path = `/v1/deliveries/${encodeURIComponent(name)}/test`
      const result = await api.write<{ delivered: boolean; status: number | null; reason: string | null }>(
        'POST',
        path,
      )
      output.object(result, () =>
        result.delivered
          ? `the receiver confirmed with ${result.status}`
          : `not confirmed: ${printable(result.reason ?? '')}`,
      )
      if (!result.delivered) process.exitCode = EXIT.failed
    }),
  )
}

function deadLettersCommand(): Command {
  return example(
    listFlags(
      new Command('dead-letters')
        .description('lists events that were given up, with the reason')
        .argument('<name>'),
    ),
    'sallyport webhook dead-letters ops',
  ).action(
    action(async ({ api, output }, name: string, flags: ListFlags) => {
      const path = `/v1/deliveries/${encodeURIComponent(name)}/dead-letters`
      const page = await listOf<DeadLetter>(api, path, flags)
      const rows = page.items.map((letter) => [
        shownTime(letter.deadLetteredAt),
        letter.eventId ?? '',
        letter.eventType ?? '',
        String(letter.attempts),
        letter.reason,
      ])
      output.list(page, () => table(['GIVEN UP', 'EVENT', 'TYPE', 'ATTEMPTS', 'REASON'], rows))
    }),
  )
}

function replayCommand(): Command {
  return example(
    new Command('replay')
      .description('delivers dead letters again, after what is under way')
      .argument('<name>')
      .option('--event <id>', 'only this event'),
    'sallyport webhook replay ops',
  ).action(
    action(async ({ api, output }, name: string, { event }: { readonly event?: string }) => {
      const path = `/v1/deliveries/${encodeURIComponent(name)}/replay`
      const body = event === undefined ? {} : { eventId: event }
      const result = await api.write<{ requested: number }>('POST', path, body)
      output.object(result, () =>
        result.requested === 1
          ? '1 event will be delivered again'
          : `${result.requested} events will be delivered again`,
      )
    }),
  )
}
