import { Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { connectorAddCommand } from './connector-add.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Connector {
  readonly kind: string
  readonly summary: string
  readonly path: string
  readonly upstreams: number
}

interface ConnectorDetail extends Connector {
  readonly targets: readonly string[]
  readonly actions: readonly {
    readonly name: string
    readonly asks: string
    readonly lessSpecific: readonly string[]
    readonly risk: string
  }[]
  readonly builtin: readonly string[]
}

/** `sallyport connector list|show|add`: the kinds of upstream there are. */
export function connectorCommand(): Command {
  const command = new Command('connector').description(
    'the kinds of upstream, and the actions that each names',
  )
  for (const one of [listCommand(), showCommand(), connectorAddCommand()]) command.addCommand(one)
  return command
}

function listCommand(): Command {
  return example(
    listFlags(new Command('list').description('lists the kinds of upstream')),
    'sallyport connector list',
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const page = await listOf<Connector>(api, '/v1/connectors', flags)
      const rows = page.items.map(({ kind, summary, path, upstreams }) => [
        kind,
        path,
        String(upstreams),
        summary,
      ])
      output.list(page, () => table(['KIND', 'PATH ON THE PROXY', 'UPSTREAMS', 'DESCRIPTION'], rows))
    }),
  )
}

function showCommand(): Command {
  return example(
    new Command('show').description('shows a kind and the actions that it names').argument('<kind>'),
    'sallyport connector show http',
  ).action(
    action(async ({ api, output }, kind: string) => {
      const connector = await api.get<ConnectorDetail>(`/v1/connectors/${encodeURIComponent(kind)}`)
      output.object(connector, () => detailText(connector))
    }),
  )
}

function detailText({ kind, summary, path, targets, upstreams, actions, builtin }: ConnectorDetail): string {
  const rows = actions.map(({ name, risk, lessSpecific, asks }) => [name, risk, lessSpecific.join(' '), asks])
  const allowed = builtin.length === 0 ? 'nothing' : builtin.join(' ')
  return [
    `${kind}: ${summary}`,
    `agents reach an upstream at ${path} on the proxy`,
    `targets: ${targets.join(', ')}; upstreams registered: ${upstreams}`,
    `allowed without a permission: ${allowed}`,
    '',
    table(['ACTION', 'RISK', 'WIDER NAMES', 'REQUEST'], rows),
    '',
    `every action of this kind: ${kind}.*`,
  ].join('\n')
}
