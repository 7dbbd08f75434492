import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Api, apiOf } from '../e2e/support/api.ts'
import type { Standalone } from '../e2e/support/standalone-composition.ts'
import { SALLYPORT } from '../e2e/support/wrapper.ts'
import { type Host, SERVER } from './hosts.ts'
import { hostNameOf, type Script, type Seen } from './models/script.ts'
import { startScriptedModel } from './models/scripted-model.ts'
import { COMMAND, startNotesOverHttp, TOOLS, timesIn } from './notes-server.ts'

export type Transport = 'HTTP' | 'wrapper'

/** One claim that was looked at. */
export interface Finding {
  readonly claim: 'lists' | 'allowed' | 'denied' | 'held'
  readonly holds: boolean
  /** How many calls the host made for it. */
  readonly calls: number
  /** What the model was shown, and what the host printed. */
  readonly seen: string
}

/** A host that hangs is ended after this long beyond the time of the hold. */
const PATIENCE_MS = 120_000
/** How often a model may be asked, a second apart, before the host has listed the server's tools. */
const MAX_EARLY = 30
const AGAIN = 'again with the same arguments'

/**
 * A host whose server was put behind Sallyport by `sallyport setup`, and by nothing else, lists its tools and makes a
 * call that the preset allows. Then it makes one that a new permission denies, and one that waits `heldMs` for a person.
 */
export async function tryHost(
  host: Host,
  transport: Transport,
  standalone: Standalone,
  heldMs: number,
): Promise<readonly Finding[]> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'sallyport-host-'))
  const file = join(home, 'carried-out')
  writeFileSync(file, '')
  const api = apiOf(standalone)
  const gateway = `${host.setup}-${randomUUID().slice(0, 8)}`

  const over = transport === 'HTTP' ? await startNotesOverHttp(file) : undefined
  const deny = () => api.permit(gateway, `mcp.tools.${TOOLS.denied}`, 'deny')
  const model = await startScriptedModel(host.protocol, scriptOf(gateway, deny))
  try {
    host.configure(home, over ? { url: over.url } : { command: COMMAND(file) }, model.url)
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      SALLYPORT_DATA: standalone.folder,
      ...host.environment(home, model.url),
    }
    setUp(host, gateway, home, environment)
    await api.permit(gateway, `mcp.tools.${TOOLS.held}`, 'require_approval')
    // Where the host asks for nothing, it ends with Sallyport.
    approveAfter(api, gateway, heldMs).catch((reason) =>
      console.error(`${host.package}, ${transport}: no approval: ${reason}`),
    )
    const output = await runHost(host, home, environment, heldMs + PATIENCE_MS)
    return findings(gateway, file, model.lastSeen(), output)
  } finally {
    await model.stop()
    await over?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

function scriptOf(text: string, deny: () => Promise<void>): Script {
  // A host may ask its model before it has asked the servers what they have.
  let early = 0
  return async (seen) => {
    const call = (tool: string) => ({ call: { tool: hostNameOf(seen, tool) ?? tool, arguments: { text } } })
    if (hostNameOf(seen, TOOLS.allowed) === undefined && early < MAX_EARLY) {
      early += 1
      await delay(1000)
      // Never twice the same: hosts stop a model that repeats itself.
      return { call: { tool: TOOLS.allowed, arguments: { text: `${text}, try ${early}` } } }
    }
    const results = seen.results.slice(early)
    if (results.length === 0) return call(TOOLS.allowed)
    if (results.length === 1) {
      // By its name as it was listed: a host may list anew as soon as it is denied.
      const denied = call(TOOLS.denied)
      await deny()
      return denied
    }
    if (results.length === 2 || results.at(-1)?.includes(AGAIN)) return call(TOOLS.held)
    return { say: 'all done' }
  }
}

function findings(text: string, file: string, seen: Seen, output: string): Finding[] {
  const first = seen.results.findIndex((result) => result.includes(`carried out ${TOOLS.allowed}`))
  const [allowed = '', denied = '', ...held] = seen.results.slice(Math.max(first, 0))
  const finding = (claim: Finding['claim'], holds: boolean, ...results: string[]): Finding => ({
    claim,
    holds,
    calls: results.length,
    seen: `${results.join('\n')}\n${seen.tools.join(', ')}\n${output}`,
  })
  const times = (tool: string) => timesIn(file, tool, text)
  const told = (tool: string, result = '') =>
    result.includes(`carried out ${tool} ${text}`) && times(tool) === 1
  const isListed = (tool: string) => hostNameOf(seen, tool) !== undefined
  return [
    finding('lists', [TOOLS.allowed, TOOLS.held].every(isListed)),
    finding('allowed', told(TOOLS.allowed, allowed), allowed),
    finding('denied', denied.includes('Sallyport denied') && times(TOOLS.denied) === 0, denied),
    finding('held', told(TOOLS.held, held.at(-1)), ...held),
  ]
}

function setUp(
  host: Host,
  gateway: string,
  home: string,
  environment: Readonly<Record<string, string>>,
): void {
  const ran = spawnSync(process.execPath, [SALLYPORT, 'setup', host.setup, '--user', '--gateway', gateway], {
    cwd: home,
    env: environment,
    encoding: 'utf8',
  })
  if (ran.status !== 0)
    throw new Error(`setup ${host.setup} ended with ${ran.status}: ${ran.stdout}${ran.stderr}`)
}

async function approveAfter(api: Api, gateway: string, heldMs: number): Promise<void> {
  const { approvalId } = await api.waiting(gateway)
  await delay(heldMs)
  await api.vote(approvalId, 'approve')
}

/** What it printed, once it has ended. */
async function runHost(
  host: Host,
  home: string,
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<string> {
  const project = join(home, 'project')
  mkdirSync(project)
  const { command, args } = host.run(`Use the tools of ${SERVER}.`, Object.values(TOOLS))
  const child = spawn(command, args, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)))
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const code = await new Promise((resolve) => child.once('close', resolve))
  clearTimeout(limit)
  return `ended with ${code}\n${output}`
}
