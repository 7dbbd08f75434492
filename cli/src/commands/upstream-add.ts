import { resolve } from 'node:path'
import { Command } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { tellableCommand } from '../stdio/command-name.ts'
import { type CredentialFlags, credentialFlags, credentialOf } from './credential-flags.ts'
import { foundText, probeAfterAdding } from './upstream-probe.ts'
import type { Upstream } from './upstream-view.ts'

interface TargetFlags {
  readonly url?: string
  readonly stdio?: boolean
  readonly attached?: boolean
  readonly env: readonly string[]
  readonly cwd?: string
}

interface AddFlags extends TargetFlags, CredentialFlags {
  readonly connector: string
  readonly meta: readonly string[]
  readonly probe: boolean
  readonly insecure?: boolean
}

/** `sallyport upstream add NAME`: at an address (`--url`), run by the proxy (`--stdio`) or beside the agent (`--attached`). */
export function upstreamAddCommand(): Command {
  return example(
    credentialFlags(
      new Command('add')
        .description('registers a server or domain under a name, and asks it what it is')
        .argument('<name>', 'the name agents and permissions use')
        .argument('[command...]', 'with --stdio or --attached: the server and its arguments, after --')
        .option('--connector <kind>', 'what it speaks: see sallyport connector list', 'mcp')
        .option('--url <url>', 'its address (of a remote Sallyport: --api-url)')
        .option('--stdio', 'the proxy runs the command, once for each client session')
        .option('--attached', 'sallyport mcp runs the command on the agent’s machine')
        .option(
          '--env <variable>',
          "a variable of the proxy's that the command gets (repeatable)",
          collect,
          [],
        )
        .option('--cwd <folder>', 'where the command works')
        .option(
          '--meta <key>',
          'a key of _meta that approvals are bound to, and that it gets of a call that needed a person (repeatable)',
          collect,
          [],
        )
        .option('--no-probe', 'do not ask it what it is and what it offers')
        .option('--insecure', 'lets its credential go to an http address of another machine in plain text'),
    ),
    'sallyport upstream add tracker --connector mcp --url https://mcp.tracker.example/mcp --token-env TRACKER_TOKEN',
    'sallyport upstream add api --connector http --url https://api.example.test --token-env API_TOKEN',
    'sallyport upstream add files --stdio -- npx @modelcontextprotocol/server-filesystem /srv/files',
    'sallyport upstream add github --stdio --env GITHUB_TOKEN -- npx server-github',
  ).action(
    action(async (context, name: string, argv: string[], flags: AddFlags) => {
      const { api, output } = context
      const { connector, meta, insecure } = flags
      const target = targetOf(argv, flags)
      const metaKeys = meta.length === 0 ? {} : { metaKeys: meta }
      const plainText = insecure ? { insecure } : {}
      const body = { connector, name, target, credential: credentialOf(flags), ...metaKeys, ...plainText }
      const upstream = await api.write<Upstream>('POST', '/v1/upstreams', body)
      const asks = flags.probe && target.kind !== 'attached'
      const probe = asks ? await probeAfterAdding(context, name) : null
      output.object({ ...upstream, probe }, () => [addedText(upstream), ...foundText(name, probe)].join('\n'))
    }),
  )
}

/** One line: the upstream that was added, and how agents reach it. */
export function addedText({ name, connector, path, target }: Upstream): string {
  const where =
    target.kind === 'attached'
      ? `agents start it with: sallyport mcp --name ${name} -- …`
      : `agents reach it at ${path} on the proxy`
  return `added upstream ${name} (${connector}): ${where}`
}

function targetOf(command: readonly string[], { url, stdio, attached, env, cwd }: TargetFlags) {
  const ways = [url !== undefined, stdio, attached].filter(Boolean)
  if (ways.length !== 1)
    throw new UsageError('say where it is: --url URL, --stdio -- CMD or --attached -- CMD')
  if (url !== undefined && command.length > 0) throw new UsageError('--url takes no command')
  if (!stdio && (env.length > 0 || cwd !== undefined))
    throw new UsageError('--env and --cwd are for --stdio; an attached server has those of its agent')
  if (url !== undefined) return { kind: 'http', url } as const
  if (command.length === 0) throw new UsageError('the command is missing: give it after --')
  if (stdio) return { kind: 'stdio', command, env, cwd: cwd === undefined ? null : resolve(cwd) } as const
  return { kind: 'attached', command: tellableCommand(command) } as const
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}
