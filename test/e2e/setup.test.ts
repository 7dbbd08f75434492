import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterEach, beforeEach, expect, test } from 'vitest'
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

/** The everything server behind a check of what its clients present, as servers of others are. */
async function startKeyed(url: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { 'x-api-key': key, authorization } = request.headers
    if (key !== 'made-up-key' || authorization !== 'Basic bWFkZTp1cA==') {
      response.writeHead(401).end()
      return
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
    const body = await text(request)
    const method = request.method ?? 'GET'
    const init = { method, headers: headers as Record<string, string>, ...(body === '' ? {} : { body }) }
    const answer = await fetch(url, init)
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (answer.body === null) response.end()
    else await pipeline(answer.body, response).catch(() => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As a tool starts it: from wherever it is, with next to nothing in its environment. */
async function started({ command, args }: Entry) {
  const client = new Client({ name: 'claude-code', version: '2.0.0' })
  await client.connect(new StdioClientTransport({ command, args, env: { PATH: '/usr/bin:/bin' }, cwd: '/' }))
  return client
}

/** As a tool reaches it: at the address of the entry, with its headers. */
async function reached({ url, headers }: Entry) {
  const client = new Client({ name: 'claude-code', version: '2.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(url as string), {
    requestInit: { headers: { ...headers } },
  })
  // Its types disagree with exactOptionalPropertyTypes.
  await client.connect(transport as Transport)
  return client
}

const said = (result: unknown) => JSON.stringify(result)

test('after setup an agent works as before, recorded; a preset limits it; after undo all is as it was', async () => {
  const keyed = await startKeyed(everything.url)
  const path = join(home, '.claude.json')
  const files = join(home, 'files')
  mkdirSync(files)
  writeFileSync(join(files, 'hello.txt'), 'hello')
  const [command, ...args] = npmServer('server-filesystem', files)
  const headers = { 'X-Api-Key': 'made-up-key', Authorization: 'Basic bWFkZTp1cA==' }
  const mcpServers = {
    files: { command, args, env: { KEPT: 'yes' } },
    all: { type: 'http', url: everything.url },
    keyed: { type: 'http', url: keyed.url, headers },
  }
  const before = JSON.stringify({ mcpServers }, null, 2)
  writeFileSync(path, before, { mode: 0o600 })

  const set = run('setup', 'claude', '--user', '--gateway', 'code-agent')
  expect(set).toMatchObject({ status: 0, err: '' })
  expect(set.out).toContain('gateway code-agent (new) has the preset observe')
  expect(set.out).toContain('sallyport setup claude --preset')
  const after = JSON.parse(readFileSync(path, 'utf8')) as { mcpServers: Record<string, Entry> }
  const entryOf = (name: string) => after.mcpServers[name] as Entry
  expect(run('setup', 'claude', '--user', '--gateway', 'code-agent').out).toContain('already')

  const local = await started(entryOf('files'))
  const read = { name: 'read_text_file', arguments: { path: join(files, 'hello.txt') } }
  expect((await local.listTools()).tools.map(({ name }) => name)).toContain('write_file')
  expect(said(await local.callTool(read))).toContain('hello')
  const written = join(files, 'new.txt')
  await local.callTool({ name: 'write_file', arguments: { path: written, content: 'made' } })
  expect(readFileSync(written, 'utf8')).toBe('made')
  await local.close()

  for (const name of ['all', 'keyed']) {
    expect(entryOf(name).url).toBe(`${sallyport.proxies[0]}/mcp/${name}`)
    const far = await reached(entryOf(name))
    expect(said(await far.callTool({ name: 'echo', arguments: { message: name } }))).toContain(
      `Echo: ${name}`,
    )
    await far.close()
  }
  const api = apiOf(sallyport)
  await api.timeline(
    'code-agent',
    (items) => items.filter(({ action }) => action === 'mcp.tools.echo').length === 2,
  )
  const log = run('log', '--gateway', 'code-agent').out
  expect(log).toContain('mcp.tools.write_file')

  expect(run('setup', 'claude', '--user', '--gateway', 'code-agent', '--preset', 'locked').status).toBe(0)
  const locked = await started(entryOf('files'))
  expect(said(await locked.callTool(read))).toContain('Sallyport denied')
  await locked.close()

  expect(run('setup', 'claude', '--user', '--undo').status).toBe(0)
  expect(readFileSync(path, 'utf8')).toBe(before)
  await keyed.stop()
})

test('setup needs no Sallyport that runs, and the address that it writes is the one of the next', async () => {
  await sallyport.end('SIGINT')
  const path = join(home, '.claude.json')
  writeFileSync(path, JSON.stringify({ mcpServers: { all: { type: 'http', url: everything.url } } }))
  const set = run('setup', 'claude', '--user')
  expect(set).toMatchObject({ status: 0, err: '' })
  expect(set.out).toContain('reached while Sallyport runs')
  const { mcpServers } = JSON.parse(readFileSync(path, 'utf8')) as { mcpServers: { all: Entry } }
  // As a person types it, who has set nothing but the folder.
  const environment = { SALLYPORT_PROXY_LISTEN: '', SALLYPORT_API_LISTEN: '' }
  const next = await startStandalone({ folder: sallyport.folder, environment })
  const far = await reached(mcpServers.all)
  expect(said(await far.callTool({ name: 'echo', arguments: { message: 'far' } }))).toContain('Echo: far')
  await far.close()
  await next.end('SIGINT')
})
