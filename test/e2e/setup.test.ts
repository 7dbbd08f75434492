import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectAgent, textOf } from './support/agent.ts'
import { apiOf } from './support/api.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'
import { type RunningUpstream, startEverything } from './support/upstreams.ts'
import { npmServer, SALLYPORT } from './support/wrapper.ts'

interface Entry {
  readonly command: string
  readonly args: string[]
  readonly env?: Record<string, string>
  readonly url?: string
  readonly headers?: Record<string, string>
}

let sallyport: Standalone
let everything: RunningUpstream
let home: string
beforeEach(async () => {
  home = mkdtempSync(join(realpathSync(tmpdir()), 'sallyport-home-'))
  ;[sallyport, everything] = await Promise.all([startStandalone(), startEverything()])
})
afterEach(async () => {
  await sallyport?.stop()
  await everything?.stop()
  rmSync(home, { recursive: true, force: true })
})

/** The command as a person types it, in a new home folder. */
function run(...args: string[]) {
  const ran = spawnSync(process.execPath, [SALLYPORT, ...args], {
    env: { PATH: process.env['PATH'], HOME: home, SALLYPORT_DATA: sallyport.folder },
    cwd: home,
    encoding: 'utf8',
  })
  return { status: ran.status, out: ran.stdout, err: ran.stderr }
}

test('the servers of a Claude configuration work through Sallyport after one command, and as before after another', async () => {
  const path = join(home, '.claude.json')
  const files = join(home, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'hello.txt'), 'hello')
  const [command, ...args] = npmServer('server-filesystem', files)
  const before = JSON.stringify(
    {
      mcpServers: {
        files: { command, args, env: { KEPT: 'yes' } },
        all: { type: 'http', url: everything.url },
      },
    },
    null,
    2,
  )
  writeFileSync(path, before)
  const set = run('setup', 'claude', '--user', '--gateway', 'code-agent')
  expect(set).toMatchObject({ status: 0, err: '' })
  const after = JSON.parse(readFileSync(path, 'utf8')) as { mcpServers: Record<string, Entry> }
  const entry = after.mcpServers['files'] as Entry
  expect(run('setup', 'claude', '--user', '--gateway', 'code-agent').out).toContain('already')

  const token = /token: (\S+)/.exec(run('gateway', 'add', 'code-agent').out)?.[1] as string
  const api = apiOf(sallyport)
  await api.permit('code-agent', 'mcp.tools.read_*', 'allow')
  await api.permit('code-agent', 'mcp.tools.echo', 'allow')

  // As a tool starts it: from wherever it is, with next to nothing in its environment.
  const client = new Client({ name: 'claude-code', version: '2.0.0' })
  await client.connect(
    new StdioClientTransport({
      command: entry.command,
      args: entry.args,
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
    }),
  )
  const read = await client.callTool({
    name: 'read_text_file',
    arguments: { path: join(files, 'hello.txt') },
  })
  expect(JSON.stringify(read)).toContain('hello')
  await client.close()

  const remote = after.mcpServers['all'] as Entry
  const [, proxy, upstream] = /^(http.*)\/mcp\/(.*)$/.exec(remote.url ?? '') ?? []
  expect(proxy).toBe(sallyport.proxies[0])
  const agent = await connectAgent(proxy as string, upstream as string, token)
  expect(textOf(await agent.call('echo', { message: 'far' }))).toBe('Echo: far')
  await agent.close()

  await api.timeline('code-agent', (items) => items.some(({ action }) => action === 'mcp.tools.echo'))
  const log = run('log', '--gateway', 'code-agent').out
  expect(log).toContain('mcp.tools.read_text_file')
  expect(log).toContain('mcp.tools.echo')

  expect(run('setup', 'claude', '--user', '--undo').status).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(before)
})
