import { homedir } from 'node:os'
import { PRESETS, type Preset } from '@sallyport/policy/presets'
import { type Environment, processEnvironment } from '@sallyport/runtime'
import { Argument, Command, Option } from 'commander'
import type { ApiClient, Page } from '../api-client.ts'
import { dataFolder } from '../data-place.ts'
import { EXIT, exitCodeOf, UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { createOutput, type Output, printable } from '../output.ts'
import { refusePlainText } from '../refuse-plain-text.ts'
import { tellableCommand } from '../stdio/command-name.ts'
import { upstreamNameOf } from '../stdio/register.ts'
import { dryRunText, TOKEN_TO_BE_MADE } from './dry-run.ts'
import type { Upstream } from './entry-plan.ts'
import { type GatewayWish, gatewayText, planGateway, prepareGateway } from './gateway.ts'
import { ownData, ownLauncher, sharedLauncher } from './launcher.ts'
import { type SetupSallyport, sallyportFor } from './sallyport-for.ts'
import {
  type FileReport,
  requireConfiguration,
  type SetUpOptions,
  setUp,
  type Upstreams,
  undoSetUp,
} from './set-up.ts'
import { type Place, type Scope, TOOL_NAMES, TOOLS, type Tool, type ToolName } from './tools.ts'

const GATEWAY = 'local'
const DEFAULT_PROXY = 'http://127.0.0.1:8080'
const TOKEN_VARIABLE = 'SALLYPORT_GATEWAY_TOKEN'

interface SetupFlags {
  readonly project?: boolean
  readonly user?: boolean
  readonly dryRun?: boolean
  readonly undo?: boolean
  readonly gateway?: string
  readonly preset?: Preset
  readonly proxy?: string
  readonly insecure?: boolean
  readonly tokenVariable?: string
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
      .option('--gateway <name>', `the gateway that the tool is, with its permissions (default: ${GATEWAY})`)
      .addOption(
        new Option(
          '--preset <preset>',
          'what the gateway may do: observe (everything is allowed and recorded), ask (reads and lists are allowed, the rest waits for a person) or locked; observe for a gateway that has no permission yet',
        ).choices(PRESETS),
      )
      .option('--proxy <url>', "the proxy's address, where it is not the local one")
      .option(
        '--token-variable <name>',
        `the tool's variable with the gateway's token, instead of the token itself (in a project always; default: ${TOKEN_VARIABLE})`,
      ),
    'sallyport setup cursor --dry-run',
    'sallyport setup claude --preset ask',
    'sallyport setup cursor --undo',
  ).action(async (name: ToolName, _flags: unknown, command: Command) => {
    const flags = command.optsWithGlobals<SetupFlags>()
    const output = createOutput(flags.json ?? false)
    try {
      if (flags.undo) undo(TOOLS[name], flags, output)
      else await change(name, flags, output)
    } catch (reason) {
      output.failure(reason)
      process.exitCode = exitCodeOf(reason) || EXIT.failed
    }
  })
}

const place = (): Place => ({
  platform: process.platform,
  home: homedir(),
  project: process.cwd(),
  environment: processEnvironment(),
})

function undo(tool: Tool, flags: SetupFlags, output: Output): void {
  const dryRun = flags.dryRun ?? false
  const files = undoSetUp(tool, place(), { scopes: scopesOf(flags), dryRun })
  output.object({ tool: tool.title, dryRun, undone: true, files }, () =>
    files.map((file) => told(file, flags)).join('\n'),
  )
}

async function change(name: ToolName, flags: SetupFlags, output: Output): Promise<void> {
  const environment = processEnvironment()
  const tool = TOOLS[name]
  const dryRun = flags.dryRun ?? false
  checkFlags(flags)
  requireConfiguration(tool, place(), scopesOf(flags))
  const there = await sallyportFor(flags, environment, dryRun)
  if (there === null || dryRun) {
    await changeNothing(tool, flags, there, output)
    return
  }
  try {
    const gateway = await prepareGateway(there.api, wishOf(flags, there.folder))
    const options = optionsOf(flags, there.proxy, gateway.token)
    const files = await setUp(tool, place(), options, upstreamsOf(there))
    const { token: _, ...shown } = gateway
    output.object({ tool: tool.title, dryRun, undone: false, gateway: shown, files }, () =>
      [
        ...files.map((file) => told(file, flags)),
        gatewayText(gateway, name),
        ...stillNeeded(files, there.hosted),
      ].join('\n'),
    )
    failWhereLeft(files)
  } finally {
    await there.stop()
  }
}

/** Says all that `change` would do. Where no Sallyport runs, as one on this data folder would do it. */
async function changeNothing(
  tool: Tool,
  flags: SetupFlags,
  there: SetupSallyport | null,
  output: Output,
): Promise<void> {
  const environment = processEnvironment()
  const elsewhere = there === null && (flags.url ?? environment['SALLYPORT_URL']) !== undefined
  const begins = there === null && !elsewhere ? dataFolder(environment) : null
  const folder = there?.folder ?? begins
  const gateway = elsewhere ? null : await planGateway(there?.api ?? null, wishOf(flags, folder))
  const proxy = begins === null ? (there?.proxy ?? null) : await proxyOn(begins, environment)
  const token = gateway?.made ? TOKEN_TO_BE_MADE : (gateway?.token ?? null)
  const files = await setUp(tool, place(), optionsOf(flags, proxy, token), upstreamsOf(there))
  const { token: _, ...planned } = gateway ?? { token: null }
  const shown = gateway === null ? {} : { gateway: planned }
  output.object({ tool: tool.title, dryRun: true, undone: false, ...shown, begins, files }, () =>
    [
      ...files.map((file) => told(file, flags)),
      dryRunText({ files, gateway, begins, folder }),
      ...stillNeeded(files, there?.hosted ?? begins !== null),
    ].join('\n'),
  )
  failWhereLeft(files)
}

async function proxyOn(folder: string, environment: Environment): Promise<string> {
  const { plannedProxy } = await import('@sallyport/standalone')
  return plannedProxy(folder, environment)
}

function wishOf({ gateway, preset }: SetupFlags, folder: string | null): GatewayWish {
  return { name: gateway ?? GATEWAY, preset: preset ?? null, folder }
}

function failWhereLeft(files: readonly FileReport[]): void {
  const left = files.flatMap(({ changes }) => changes).filter(({ outcome }) => outcome.kind === 'left')
  if (left.length > 0) process.exitCode = EXIT.failed
}

/** Facts that no entry has: who keeps Sallyport running, and what other machines need. */
function stillNeeded(files: readonly FileReport[], hosted: boolean): string[] {
  const through = (scope?: Scope) =>
    files
      .filter((file) => scope === undefined || file.scope === scope)
      .flatMap(({ changes }) => changes)
      .filter(({ outcome }) => outcome.kind !== 'left')
  const addresses = through().flatMap(({ upstream }) => upstream ?? [])
  const start =
    addresses.length > 0 && hosted
      ? ['servers at an address are reached while Sallyport runs: start it with npm start or sallyport start']
      : []
  const shared = through('project').length > 0 ? [OTHER_MACHINES, ...registrations(through('project'))] : []
  return [...start, ...shared]
}

const OTHER_MACHINES =
  "the project's configuration names the command sallyport. Each other machine gets it once: npm pack in a clone of Sallyport, then npm i -g sallyport-*.tgz"

function registrations(changes: readonly { readonly upstream?: Upstream }[]): string[] {
  const upstreams = changes.flatMap(({ upstream }) => upstream ?? [])
  if (upstreams.length === 0) return []
  const lines = upstreams.map(({ name, url, passes, headers }) => {
    const passed = headers.map((header) => ` --pass-header ${header}`).join('')
    return `  sallyport upstream add ${printable(name)} --connector mcp --url ${printable(url)}${passes ? ` --auth passthrough${passed}` : ''}`
  })
  return ['  and has Sallyport running there (sallyport start), with:', ...lines]
}

function scopesOf({ project, user }: SetupFlags): readonly Scope[] {
  if (project === user) return ['project', 'user']
  return project ? ['project'] : ['user']
}

function checkFlags(flags: SetupFlags): void {
  const { proxy, tokenVariable } = flags
  if (proxy !== undefined && (!/^https?:\/\//.test(proxy) || !URL.canParse(proxy)))
    throw new UsageError('--proxy must be an http or https address')
  if (proxy !== undefined) refusePlainText(proxy, flags.insecure)
  if (tokenVariable !== undefined && !/^[A-Za-z_]\w*$/.test(tokenVariable))
    throw new UsageError('--token-variable must be the name of a variable')
}

function optionsOf(flags: SetupFlags, running: string | null, made: string | null): SetUpOptions {
  const environment = processEnvironment()
  const proxy = flags.proxy ?? running ?? DEFAULT_PROXY
  const tokenVariable = flags.tokenVariable ?? TOKEN_VARIABLE
  const gatewayToken = environment[tokenVariable] || made
  if (gatewayToken !== null && !/^[\w.~+/=-]*$/.test(gatewayToken))
    throw new UsageError(`${tokenVariable} does not hold a token`)
  return {
    launcher: sharedLauncher(process.platform),
    own: ownOf(environment),
    proxy: proxy.replace(/\/+$/, ''),
    scopes: scopesOf(flags),
    dryRun: flags.dryRun ?? false,
    tokenVariable,
    prefersVariable: flags.tokenVariable !== undefined,
    ...(flags.gateway ? { gateway: flags.gateway } : {}),
    ...(gatewayToken ? { gatewayToken } : {}),
  }
}

function ownOf(environment: Environment): NonNullable<SetUpOptions['own']> {
  const data = ownData(environment)
  return { launcher: ownLauncher(process.platform, environment), ...(data === undefined ? {} : { data }) }
}

/** A dry run does without a Sallyport where none runs. */
function upstreamsOf(there: SetupSallyport | null): Upstreams {
  const api = there?.api ?? null
  return {
    list: async () => (api === null ? [] : allUpstreams(api)),
    async add({ name, url, tokenEnv, passes, headers }) {
      const presented = tokenEnv === null ? null : { kind: 'env', variable: tokenEnv }
      const passing = { kind: 'passthrough', ...(headers.length > 0 ? { headers } : {}) }
      const target = { kind: 'http', url }
      const credential = passes ? passing : presented
      await api?.write('POST', '/v1/upstreams', { connector: 'mcp', name, target, credential })
    },
    async attach({ name, command }) {
      if (api === null || there?.wrapperRegisters !== false) return
      const told = tellableCommand(command)
      const as = await upstreamNameOf(api, name, told, () => {})
      if (as !== name) throw new UsageError(`the name ${name} stands for another server; rename the entry`)
    },
  }
}

interface Registered {
  readonly name: string
  readonly connector: string
  readonly target: { readonly kind: 'http'; readonly url: string } | { readonly kind: 'stdio' | 'attached' }
  readonly credential: {
    readonly kind: string
    readonly variable?: string
    readonly headers?: readonly string[]
  } | null
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
          headers: credential?.headers ?? [],
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
