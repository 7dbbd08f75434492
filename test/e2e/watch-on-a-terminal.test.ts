import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

const CLI = join(import.meta.dirname, '../../cli/src/main.ts')
/** util-linux: runs a command on a real pseudo-terminal. */
const available = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') ?? false
if (!available) console.warn('skipped, as script of util-linux is not there: approvals watch on a terminal')

describe.skipIf(!available)('sallyport approvals watch on a pseudo-terminal', () => {
  let server: Awaited<ReturnType<typeof startNoteServer>>
  let standalone: Standalone
  let api: Api
  let agent: Agent
  let child: ChildProcess | undefined

  beforeAll(async () => {
    server = await startNoteServer()
    standalone = await startStandalone()
    api = apiOf(standalone)
    const added = await api.addGateway()
    const upstream = await api.addUpstream(server.url)
    await api.permit(added.name, 'mcp.tools.note', 'require_approval')
    await standalone.inForce()
    agent = await connectAgent(standalone.proxies[0] as string, upstream, added.token)
  })
  afterAll(async () => {
    if (child && child.exitCode === null) child.kill('SIGKILL')
    await agent?.close()
    await standalone?.stop()
    await server?.stop()
  })

  test('shows a call in 80 columns, reads on, approves by keys, and gives the terminal back', async () => {
    const command = `stty cols 80 rows 24; exec '${process.execPath}' --disable-warning=ExperimentalWarning '${CLI}' approvals watch`
    const environment = {
      ...process.env,
      TERM: 'xterm-256color',
      SALLYPORT_URL: standalone.api,
      SALLYPORT_TOKEN: standalone.adminToken,
    }
    const started = spawn('script', ['-qec', command, '/dev/null'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child = started
    let written = ''
    started.stdout.on('data', (chunk: Buffer) => {
      written += String(chunk)
    })
    const shows = (text: string) => expect.poll(() => written, { timeout: 20_000 }).toContain(text)
    await shows('nothing waits')
    const answer = agent.call('note', { text: `first\u001b[31m\n${'line\n'.repeat(60)}the very end` })
    await shows('1 of 1')
    await shows('more lines')
    started.stdin.write(' ')
    await shows('\\u001b[31m')
    expect(written).not.toContain('the very end')
    started.stdin.write('a')
    await shows('not on the screen yet; read on, or A')
    for (let page = 0; page < 8; page++) started.stdin.write(' ')
    await shows('the very end')
    await shows('all of it was on the screen')
    started.stdin.write('a')
    await shows('Approve this exact call, once?')
    started.stdin.write('y')
    expect(textOf(await answer)).toContain('the very end')
    await shows('your vote counts')
    started.stdin.write('q')
    await once(started, 'exit')
    expect(started.exitCode).toBe(0)
    expect(written).toContain('\u001b[?1049l')
  })
})
