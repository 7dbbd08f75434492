import { Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import {
  type CredentialFlags,
  type CredentialView,
  credentialFlags,
  credentialOf,
  credentialText,
} from './credential-flags.ts'
import { type ListFlags, listFlags, pageQuery } from './paging.ts'

interface Upstream {
  readonly name: string
  readonly connector: string
  readonly target: Target
  readonly credential: CredentialView | null
}

type Target =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'stdio' | 'attached'; readonly command: readonly string[] }

interface AddFlags extends CredentialFlags {
  readonly name: string
  readonly url: string
}

/** `sallyport connector add|remove|list`: the servers agents may reach through Sallyport. */
export function connectorCommand(): Command {
  const command = new Command('connector').description('servers that agents reach through Sallyport')
  command.addCommand(
    example(
      credentialFlags(
        new Command('add')
          .description('registers a server; agents reach it at <proxy>/mcp/<name>')
          .argument('<kind>', 'how the server is understood: mcp')
          .requiredOption('--name <name>', 'the name agents and permissions use')
          .requiredOption('--url <url>', "the server's address (of a remote Sallyport: --api-url)"),
      ),
      'sallyport connector add mcp --name files --url http://127.0.0.1:3001/mcp',
    ).action(
      action(async ({ api, output }, kind: string, { name, url, ...flags }: AddFlags) => {
        const upstream = await api.write<Upstream>('POST', '/v1/connectors', {
          connector: kind,
          name,
          target: { kind: 'http', url },
          credential: credentialOf(flags),
        })
        output.object(
          upstream,
          () => `added connector ${upstream.name}: agents reach it at /mcp/${upstream.name} on the proxy`,
        )
      }),
    ),
  )
  command.addCommand(removeCommand('connector'))
  command.addCommand(listCommand('connector'))
  return command
}

export function removeCommand(noun: 'connector' | 'upstream'): Command {
  return example(
    new Command('remove').description('forgets a server').argument('<name>'),
    `sallyport ${noun} remove files`,
  ).action(
    action(async ({ api, output }, name: string) => {
      await api.write('DELETE', `/v1/connectors/${encodeURIComponent(name)}`)
      output.object({ name, removed: true }, () => `removed ${noun} ${name}`)
    }),
  )
}

export function listCommand(noun: 'connector' | 'upstream'): Command {
  return example(
    listFlags(new Command('list').description('lists the servers')),
    `sallyport ${noun} list`,
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const page = await api.get<{ items: Upstream[]; next: string | null }>(
        '/v1/connectors',
        pageQuery(flags),
      )
      const rows = page.items.map(({ name, connector, target, credential }) => [
        name,
        connector,
        target.kind === 'http' ? target.url : `${target.kind}: ${target.command.join(' ')}`,
        credentialText(credential),
      ])
      output.list(page, () => table(['NAME', 'KIND', 'TARGET', 'CREDENTIAL'], rows))
    }),
  )
}
