import { Command } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { keepGatewayToken } from '../stdio/kept-tokens.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Gateway {
  readonly id: string
  readonly name: string
  readonly issuers?: readonly string[]
  readonly owner?: { readonly id: string; readonly name: string | null } | null
  readonly token?: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

/** `sallyport gateway add|issuers|rotate|revoke|list`: governed agents, their tokens and who may name them. */
export function gatewayCommand(): Command {
  const command = new Command('gateway').description('agents that Sallyport governs, each with its own token')
  command.addCommand(
    example(
      new Command('add')
        .description('adds an agent; prints its token once')
        .argument('<name>')
        .option('--issuer <url...>', 'trusted issuers whose access tokens may name it too (default: none)')
        .option(
          '--owner <person>',
          'who answers for it, and never approves what it asks for (default: nobody)',
        ),
      'sallyport gateway add code-agent',
      'sallyport gateway add code-agent --owner dana',
      'sallyport gateway add ci-agent --issuer https://login.example.com',
    ).action(
      action(async ({ api, folder, output }, name: string, flags: { issuer?: string[]; owner?: string }) => {
        const { issuer: issuers, owner } = flags
        const gateway = await api.write<Gateway>('POST', '/v1/gateways', { name, issuers, owner })
        keepTokenOf(gateway, folder)
        output.object(gateway, () => withToken(`added gateway ${gateway.name}`, gateway))
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('issuers')
        .description(
          'sets the trusted issuers whose access tokens may name the agent, in place of those before',
        )
        .argument('<name>')
        .argument('[url...]', 'as the issuer writes itself in its tokens')
        .option('--none', 'none: the agent is reached with its own token alone'),
      'sallyport gateway issuers code-agent https://login.example.com',
      'sallyport gateway issuers code-agent --none',
    ).action(
      action(async ({ api, output }, name: string, urls: string[], { none = false }: { none?: boolean }) => {
        if (none === urls.length > 0) throw new UsageError('give the addresses of issuers, or --none')
        const path = `/v1/gateways/${encodeURIComponent(name)}/issuers`
        const gateway = await api.write<Gateway>('PUT', path, { issuers: urls })
        output.object(gateway, () => issuersText(name, gateway.issuers ?? []))
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('set-owner')
        .description('sets who answers for the agent; they never approve what it asks for')
        .argument('<name>')
        .argument('[person]', 'the person, by name')
        .option('--none', 'nobody'),
      'sallyport gateway set-owner code-agent dana',
      'sallyport gateway set-owner code-agent --none',
    ).action(
      action(
        async (
          { api, output },
          name: string,
          person: string | undefined,
          { none = false }: { none?: boolean },
        ) => {
          if (none === (person !== undefined)) throw new UsageError('give the name of a person, or --none')
          const path = `/v1/gateways/${encodeURIComponent(name)}/owner`
          const gateway = await api.write<Gateway>('PUT', path, { owner: person ?? null })
          output.object(gateway, () =>
            gateway.owner ? `gateway ${name} is owned by ${person}` : `gateway ${name} has no owner`,
          )
        },
      ),
    ),
  )
  command.addCommand(
    example(
      new Command('rotate')
        .description('gives the agent a new token; the old one ends at once')
        .argument('<name>'),
      'sallyport gateway rotate code-agent',
    ).action(
      action(async ({ api, folder, output }, name: string) => {
        const gateway = await api.write<Gateway>('POST', `/v1/gateways/${encodeURIComponent(name)}/rotate`)
        keepTokenOf(gateway, folder)
        output.object(gateway, () => withToken(`rotated gateway ${gateway.name}`, gateway))
      }),
    ),
  )
  command.addCommand(
    example(
      new Command('revoke').description('ends the agent and its token').argument('<name>'),
      'sallyport gateway revoke code-agent',
    ).action(
      action(async ({ api, output }, name: string) => {
        await api.write('DELETE', `/v1/gateways/${encodeURIComponent(name)}`)
        output.object({ name, revoked: true }, () => `revoked gateway ${name}`)
      }),
    ),
  )
  command.addCommand(
    example(listFlags(new Command('list').description('lists the agents')), 'sallyport gateway list').action(
      action(async ({ api, output }, flags: ListFlags) => {
        const page = await listOf<Gateway>(api, '/v1/gateways', flags)
        const rows = page.items.map((gateway) => [
          gateway.name,
          gateway.id,
          ownerText(gateway),
          shownTime(gateway.createdAt),
          gateway.revokedAt === null ? '' : shownTime(gateway.revokedAt),
        ])
        output.list(page, () => table(['NAME', 'ID', 'OWNER', 'ADDED', 'REVOKED'], rows))
      }),
    ),
  )
  return command
}

/** On this machine's own Sallyport, so that `sallyport mcp` can be the agent; the admin token lies beside it. */
function keepTokenOf({ name, token }: Gateway, folder: string | undefined): void {
  if (folder !== undefined && token !== undefined) keepGatewayToken(folder, name, token)
}

function issuersText(name: string, issuers: readonly string[]): string {
  if (issuers.length === 0) return `gateway ${name} is reached with its own token alone`
  return `gateway ${name} is reached with its own token and with access tokens of ${issuers.join(', ')}`
}

function ownerText({ owner }: Gateway): string {
  return owner ? (owner.name ?? 'somebody who is gone') : ''
}

function withToken(done: string, gateway: Gateway): string {
  return `${done}\ntoken: ${gateway.token}\nIt is shown only now. The agent sends it as: Authorization: Bearer <token>`
}
