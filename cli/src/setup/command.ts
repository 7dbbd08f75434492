import { homedir } from 'node:os'
import { type Environment, processEnvironment } from '@sallyport/runtime'
import { Argument, Command } from 'commander'
import { type ApiClient, apiClient, type Page } from '../api-client.ts'
import { readRunFile, resolveConnection } from '../connection.ts'
import { dataFolder } from '../data-place.ts'
import { EXIT, exitCodeOf, NoToken, NotRunning, Unreachable, UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { createOutput, type Output, printable } from '../output.ts'
import type { Upstream } from './entry-plan.ts'
import { ownData, ownLauncher, sharedLauncher } from './launcher.ts'
import { type FileReport, type SetUpOptions, setUp, type Upstreams, undoSetUp } from './set-up.ts'
import { type Place, type Scope, TOOL_NAMES, TOOLS, type Tool, type ToolName } from './tools.ts'

const DEFAULT_PROXY = 'http://127.0.0.1:8080'
/** A dry run goes on without a Sallyport after one of these. */
const NOT_CONNECTED = [NotRunning, NoToken, Unreachable]
const TOKEN_VARIABLE = 'SALLYPORT_GATEWAY_TOKEN'

interface SetupFlags {
  readonly project?: boolean
  readonly user?: boolean
  readonly dryRun?: boolean
  readonly undo?: boolean
  readonly gateway?: string
  readonly proxy?: string
  readonly tokenVariable: string
  readonly json?: boolean
  readonly url?: string
  readonly token?: string
}

/** `sallyport setup TOOL`: every MCP server that a coding tool is configured with passes through Sallyport. */
export function setupCommand(): Command {
  return example(
    new Command('setup')
      .description("rewrites a coding tool's MCP configuration so that its servers pass through Sallyport")
      .addArgument(new Argument('<tool>').choices(TOOL_NAMES))
      .option('--project', "only the project's configuration, in this folder")
      .option('--user', "only the user's configuration")
      .option('--dry-run', 'show the difference and write nothing')
      .option('--undo', 'put back what was there')
      .option('--gateway <name>', 'the gateway whose permissions the servers that are commands get')
      .option('--proxy <url>', "the proxy's address, where it is not the local one")
      .option('--token-variable <name>', "the tool's variable with the gateway's token", TOKEN_VARIABLE),
    'sallyport setup cursor --dry-run',
    'sallyport setup cursor --undo',
  ).action(async (name: ToolName, _flags: unknown, command: Command) => {
    const flags = command.optsWithGlobals<SetupFlags>()
    const output = createOutput(flags.json ?? false)
    try {
      await run(TOOLS[name], flags, output)
    } catch (reason) {
      output.failure(reason)
      process.exitCode = exitCodeOf(reason) || EXIT.failed
    }
  })
}

async function run(tool: Tool, flags: SetupFlags, output: Output): Promise<void> {
  const environment = processEnvironment()
  const place: Place = { platform: process.platform, home: homedir(), project: process.cwd(), environment }
  const scopes = scopesOf(flags)
  const dryRun = flags.dryRun ?? false
  const files = flags.undo
    ? undoSetUp(tool, place, { scopes, dryRun })
    : await setUp(tool, place, optionsOf(flags, scopes), upstreamsOf(flags, dryRun))
  output.object({ tool: tool.title, dryRun, undone: flags.undo ?? false, files }, () =>
    files.map((file) => told(file, flags)).join('\n'),
  )
  const left = files.flatMap(({ changes }) => changes).filter(({ outcome }) => outcome.kind === 'left')
  if (left.length > 0) process.exitCode = EXIT.failed
}

function scopesOf({ project, user }: SetupFlags): readonly Scope[] {
  if (project === user) return ['project', 'user']
  return project ? ['project'] : ['user']
}

function optionsOf(flags: SetupFlags, scopes: readonly Scope[]): SetUpOptions {
  const environment = processEnvironment()
  const proxy = flags.proxy ?? readRunFile(dataFolder(environment))?.proxy ?? DEFAULT_PROXY
  if (!/^https?:\/\//.test(proxy) || !URL.canParse(proxy))
    throw new UsageError('--proxy must be an http or https address')
  if (!/^[A-Za-z_]\w*$/.test(flags.tokenVariable))
    throw new UsageError('--token-variable must be the name of a variable')
  const gatewayToken = environment[flags.tokenVariable]
  if (gatewayToken !== undefined && !/^[\w.~+/=-]*$/.test(gatewayToken))
    throw new UsageError(`${flags.tokenVariable} does not hold a token`)
  return {
    launcher: sharedLauncher(process.platform),
    own: ownOf(environment),
    proxy: proxy.replace(/\/+$/, ''),
    scopes,
    dryRun: flags.dryRun ?? false,
    tokenVariable: flags.tokenVariable,
    ...(flags.gateway ? { gateway: flags.gateway } : {}),
    ...(gatewayToken ? { gatewayToken } : {}),
  }
}

function ownOf(environment: Environment): NonNullable<SetUpOptions['own']> {
  const data = ownData(environment)
  return { launcher: ownLauncher(process.platform, environment), ...(data === undefined ? {} : { data }) }
}

/** Sallyport is connected to only when it is asked; a dry run does without one that does not answer. */
function upstreamsOf(flags: SetupFlags, dryRun: boolean): Upstreams {
  const connect = (): ApiClient => apiClient(resolveConnection(flags, processEnvironment()))
  return {
    async list() {
      try {
        return await allUpstreams(connect())
      } catch (reason) {
        if (dryRun && NOT_CONNECTED.some((kind) => reason instanceof kind)) return []
        throw reason
      }
    },
    async add({ name, url, tokenEnv, passes }) {
      const presented = tokenEnv === null ? null : { kind: 'env', variable: tokenEnv }
      const credential = passes ? { kind: 'passthrough' } : presented
      const target = { kind: 'http', url }
      await connect().write('POST', '/v1/upstreams', { connector: 'mcp', name, target, credential })
    },
  }
}

interface Registered {
  readonly name: string
  readonly connector: string
  readonly target: { readonly kind: 'http'; readonly url: string } | { readonly kind: 'stdio' | 'attached' }
  readonly credential: { readonly kind: string; readonly variable?: string } | null
}

async function allUpstreams(api: ApiClient): Promise<readonly Upstream[]> {
  const found: Upstream[] = []
  let cursor: string | undefined
  do {
    const page: Page<Registered> = await api.get('/v1/upstreams', { limit: 200, cursor })
    for (const { name, connector, target, credential } of page.items)
      if (connector === 'mcp' && target.kind === 'http')
        found.push({
          name,
          url: target.url,
          tokenEnv: credential?.variable ?? null,
          passes: credential?.kind === 'passthrough',
        })
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}

function told(report: FileReport, flags: SetupFlags): string {
  const lines = report.changes.map(({ path, outcome, upstream, notes }) => {
    const name = printable(path.at(-1) ?? '')
    const as = outcome.kind === 'rewritten' ? `passes through Sallyport as ${outcome.as}` : ''
    const how = { rewritten: as, already: 'passes through Sallyport already', left: '' }[outcome.kind]
    const why = outcome.kind === 'left' ? `DOES NOT pass through Sallyport: ${printable(outcome.why)}` : how
    const at = upstream ? ` (upstream to ${printable(upstream.url)})` : ''
    return [`  ${name}: ${why}${at}`, ...notes.map((note) => `    ${printable(note)}`)].join('\n')
  })
  const unchanged = report.difference === '' ? ['  nothing to change'] : []
  const done = flags.dryRun ? 'would be written' : flags.undo ? 'put back' : 'written'
  const backup = report.backup ? [`  backup: ${report.backup} beside it`] : []
  return [
    `${printable(report.file)} (${report.scope})${report.difference ? `: ${done}` : ''}`,
    ...report.warnings.map((warning) => `  note: ${printable(warning)}`),
    ...lines,
    ...(lines.length === 0 ? unchanged : []),
    ...backup,
    ...report.difference.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '  '))),
  ].join('\n')
}
