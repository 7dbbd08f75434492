import { resolve } from 'node:path'
import { Command } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { tellableCommand } from '../stdio/command-name.ts'
import { listCommand, removeCommand } from './connector.ts'

interface AddFlags {
  readonly name: string
  readonly stdio?: boolean
  readonly attached?: boolean
  readonly env: readonly string[]
  readonly cwd?: string
}

/** `sallyport upstream add|remove|list`: servers that are commands; those at an address are `connector add`. */
export function upstreamCommand(): Command {
  const command = new Command('upstream')
    .description('servers that are commands and speak stdio')
    .enablePositionalOptions()
  command.addCommand(
    example(
      new Command('add')
        .description('registers a command, run by the proxy (--stdio) or beside the agent (--attached)')
        .argument('<command...>', 'the server and its arguments, after --')
        .requiredOption('--name <name>', 'the name agents and permissions use')
        .option(
          '--stdio',
          'the proxy runs it, once for each client session, and agents reach it at /mcp/<name>',
        )
        .option('--attached', 'sallyport mcp runs it on the agent’s machine')
        .option('--env <variable>', "a variable of the proxy's that it gets (repeatable)", collect, [])
        .option('--cwd <folder>', 'where it works')
        .passThroughOptions(),
      'sallyport upstream add --name files --stdio -- npx @modelcontextprotocol/server-filesystem /srv/files',
      'sallyport upstream add --name github --stdio --env GITHUB_TOKEN -- npx server-github',
    ).action(
      action(async ({ api, output }, argv: string[], { name, ...flags }: AddFlags) => {
        const target = targetOf(argv, flags)
        const upstream = await api.write('POST', '/v1/connectors', { connector: 'mcp', name, target })
        const where =
          target.kind === 'stdio'
            ? `agents reach it at /mcp/${name} on the proxy`
            : `agents start it with: sallyport mcp --name ${name} -- …`
        output.object(upstream, () => `added upstream ${name}: ${where}`)
      }),
    ),
  )
  command.addCommand(removeCommand('upstream'))
  command.addCommand(listCommand('upstream'))
  return command
}

function targetOf(command: readonly string[], { stdio, attached, env, cwd }: Omit<AddFlags, 'name'>) {
  if (stdio === attached) throw new UsageError('say who runs it: --stdio or --attached')
  if (stdio) return { kind: 'stdio', command, env, cwd: cwd === undefined ? null : resolve(cwd) } as const
  if (env.length > 0 || cwd !== undefined)
    throw new UsageError('--env and --cwd are for --stdio; an attached server has those of its agent')
  return { kind: 'attached', command: tellableCommand(command) } as const
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
