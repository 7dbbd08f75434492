import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { ApiProblem } from '@sallyport/cli'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Api, apiOf, type TimelineItem } from './support/api.ts'
import { startStandalone } from './support/standalone-composition.ts'
import { npmServer, SALLYPORT, startWrapper, TROUBLED, type Wrapper } from './support/wrapper.ts'

/** `sallyport mcp` with nothing else running: the first one brings Sallyport up in its own process. */
let data: string
const stack: (() => unknown)[] = []
beforeEach(() => {
  data = mkdtempSync(join(realpathSync(tmpdir()), 'sallyport-mcp-'))
})
afterEach(async () => {
  for (const stop of stack.splice(0).reverse()) await stop()
  rmSync(data, { recursive: true, force: true })
})

const env = () => ({
  SALLYPORT_DATA: data,
  SALLYPORT_PROXY_LISTEN: '127.0.0.1:0',
  SALLYPORT_API_LISTEN: '127.0.0.1:0',
})

async function wrapped(command: readonly string[], ...args: string[]): Promise<Wrapper> {
  const wrapper = await startWrapper({ command, env: env(), args })
  stack.push(wrapper.stop)
  return wrapper
}

test('the server gets the variables that are named for it, and none of ours', async () => {
  const given = { ...env(), FILES_KEY: 'for the server', OTHER_KEY: 'not for it' }
  const variable = async (...args: string[]) => {
    const wrapper = await startWrapper({ command: TROUBLED, env: given, args })
    stack.push(wrapper.stop)
    await allowAll()
    const read = (name: string) => wrapper.said('variable', { name })
    return Promise.all(['FILES_KEY', 'OTHER_KEY', 'SALLYPORT_DATA'].map(read))
  }
  expect(await variable()).toEqual(['unset', 'unset', 'unset'])
  expect(await variable('--env', 'FILES_KEY')).toEqual(['for the server', 'unset', 'unset'])
  expect(await variable('--env', '*')).toEqual(['for the server', 'not for it', 'unset'])
})

const NO_ADDRESSES = { SALLYPORT_PROXY_LISTEN: '', SALLYPORT_API_LISTEN: '' }

interface RunFile {
  readonly pid: number
  readonly proxy: string
  readonly api: string
  readonly hosted: boolean
}

const runFile = () => JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as RunFile

/** The API of the Sallyport that some wrapper hosts. */
function api(): Api & { readonly host: number } {
  const run = runFile()
  const adminToken = readFileSync(join(data, 'admin-token'), 'utf8').trim()
  const composition = {
    name: 'standalone',
    proxies: [],
    api: run.api,
    adminToken,
    inForce: async () => {},
    stop: async () => {},
  } as const
  return { ...apiOf(composition), host: run.pid }
}

/** A client that first probes what a server speaks ends one wrapper and starts another, which hosts Sallyport then. */
async function allowAll(): Promise<void> {
  try {
    await api().permit('local', 'mcp.tools.*', 'allow')
  } catch {
    await delay(100)
    await allowAll()
  }
}

/** The record, once ClickHouse is up: Sallyport does not wait for it to let calls through. */
const timeline = (until: (items: readonly TimelineItem[]) => boolean): Promise<readonly TimelineItem[]> =>
  api()
    .timeline('local', until)
    .catch(async (reason: unknown) => {
      if (!(reason instanceof ApiProblem) || reason.problem.status !== 503) throw reason
      await delay(100)
      return timeline(until)
    })

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 400 && lives(pid); tries++) await delay(25)
  return !lives(pid)
}

/** The bare command, for what a client of the SDK does not show. */
function bare(
  command: readonly string[],
  environment: Record<string, string> = env(),
  [program, ...before]: readonly [string, ...string[]] = [process.execPath],
) {
  const child = spawn(program, [...before, SALLYPORT, 'mcp', '--', ...command], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += String(chunk)
  })
  stack.push(() => child.kill('SIGKILL'))
  const line = async (holds: (message: Record<string, unknown>) => boolean) => {
    for (;;) {
      const found = out.split('\n').filter(Boolean).map(parsed).find(holds)
      if (found) return found
      await delay(25)
    }
  }
  return {
    child,
    out: () => out,
    err: () => err,
    line,
    errors: async (shows: RegExp) => {
      for (;;) {
        const found = shows.exec(err)
        if (found) return found
        await delay(25)
      }
    },
    say: (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
    exited: exitOf(child),
  }
}

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve))
}

/** A Node that is older than the project's, which runs the command again under that one. */
const OLDER = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const ran = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return ran.status === 0 && Number(/^v(\d+)/.exec(ran.stdout)?.[1]) < 24
})
const STUBBORN =
  "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.error('server', process.pid)"

const INITIALIZE = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bare', version: '1' } },
}

test('real servers work with nothing installed but the command, and nothing is allowed before somebody says so', async () => {
  const files = await wrapped(npmServer('server-filesystem', data))
  const memory = await wrapped(npmServer('server-memory'))
  const everything = await wrapped(npmServer('server-everything', 'stdio'), '--name', 'all')
  // An agent does not see tools that it may not use.
  for (const { client } of [files, memory, everything]) expect((await client.listTools()).tools).toEqual([])
  expect(await files.said('list_directory', { path: data })).toContain('denied')
  await allowAll()
  for (const { client } of [files, memory, everything])
    expect((await client.listTools()).tools.length).toBeGreaterThan(3)
  expect(await files.said('list_directory', { path: data })).toContain('admin-token')
  expect(await memory.said('read_graph')).toContain('entities')
  expect(await everything.said('echo', { message: 'hello' })).toBe('Echo: hello')
  const items = await timeline((all) => all.some(({ action }) => action === 'mcp.tools.echo'))
  expect(items.find(({ action }) => action === 'mcp.tools.echo')?.verdict).toBe('allow')
})

test('everything it prints is MCP, and progress and requests of the server pass', async () => {
  const wrapper = await wrapped(TROUBLED)
  await allowAll()
  // Looked at as they come: the SDK gives progress that arrives together with its answer to nobody.
  const progress: unknown[] = []
  const { transport } = wrapper.client
  const onmessage = transport?.onmessage
  if (transport)
    transport.onmessage = (message) => {
      if ('method' in message && message.method === 'notifications/progress')
        progress.push(message.params?.['progress'])
      onmessage?.(message)
    }
  await wrapper.client.callTool({ name: 'progress', arguments: {} }, undefined, { onprogress: () => {} })
  expect(progress).toEqual([1, 2])
  wrapper.client.setRequestHandler(
    (await import('@modelcontextprotocol/sdk/types.js')).ListRootsRequestSchema,
    () => ({
      roots: [{ uri: 'file:///srv', name: 'served' }],
    }),
  )
  expect(await wrapper.said('roots')).toContain('file:///srv')
  expect(await wrapper.said('junk')).toBe('still there')
})

test('when the wrapper that hosts Sallyport ends, another takes over, and its session goes on', async () => {
  const first = await wrapped(TROUBLED)
  const host = api().host
  const second = await wrapped(TROUBLED)
  await allowAll()
  expect(await second.said('count')).toBe('1')
  await first.stop()
  expect(await gone(host)).toBe(true)
  const count = async (): Promise<string> =>
    second.said('count').catch(async () => {
      await delay(200)
      return count()
    })
  expect(Number(await count())).toBeGreaterThan(1)
  expect(api().host).not.toBe(host)
})

test('npm start takes over the Sallyport that a wrapper hosts, at the same addresses, and its sessions go on', async () => {
  const wrapper = await wrapped(TROUBLED)
  await allowAll()
  expect(await wrapper.said('count')).toBe('1')
  const before = runFile()
  expect(before).toMatchObject({ hosted: true, pid: wrapper.pid })
  // As a person types it, who has set nothing but the folder.
  const started = await startStandalone({ folder: data, environment: NO_ADDRESSES })
  stack.push(() => started.end('SIGINT'))
  expect(runFile()).toEqual({ ...before, hosted: false, pid: started.pid })
  expect(await wrapper.said('count')).toBe('2')
  expect(await started.end('SIGINT')).toBe(0)
  expect(await wrapper.said('count')).toBe('3')
  expect(runFile()).toMatchObject({ proxy: before.proxy, api: before.api, hosted: true })
})

test('kill -9 of the wrapper that hosts Sallyport leaves nothing running', async () => {
  const wrapper = await wrapped(TROUBLED)
  await allowAll()
  const server = Number(await wrapper.said('pid'))
  process.kill(api().host, 'SIGKILL')
  expect(await gone(server)).toBe(true)
})

test.skipIf(OLDER === undefined)(
  'kill -9 leaves nothing either where the command began under another version of Node',
  async () => {
    const server = bare([process.execPath, '-e', STUBBORN], env(), [OLDER as string])
    server.say(INITIALIZE)
    const [, pid] = await server.errors(/server (\d+)/)
    server.child.kill('SIGKILL')
    expect(await gone(Number(pid))).toBe(true)
  },
)

test('the exit code of the server is passed on, its standard error too, and a call under way is told', async () => {
  const server = bare([
    process.execPath,
    '-e',
    'process.stdin.once("data", () => { console.error("went wrong"); process.exit(3) })',
  ])
  server.say(INITIALIZE)
  expect(await server.exited).toBe(3)
  expect(server.err()).toContain('went wrong')
  expect(parsed(server.out())).toMatchObject({ id: 0, error: { message: expect.stringContaining('code 3') } })
})

test('a server that ends well in the middle of a call did not end well', async () => {
  const server = bare([process.execPath, '-e', 'process.stdin.once("data", () => process.exit(0))'])
  server.say(INITIALIZE)
  expect(await server.exited).toBe(1)
})

test('a command that does not exist is said to be one', async () => {
  const server = bare(['/no/such/program'])
  server.say(INITIALIZE)
  expect(await server.exited).toBe(127)
  expect(server.err()).toContain('could not be run')
})

test('signals are passed on, and the end of the client ends the server', async () => {
  const signalled = bare(TROUBLED)
  signalled.say(INITIALIZE)
  await signalled.line(({ id }) => id === 0)
  signalled.child.kill('SIGTERM')
  expect(await signalled.exited).toBe(143)
  const left = bare(TROUBLED)
  left.say(INITIALIZE)
  left.child.stdin.end()
  expect(await left.exited).toBe(0)
  // Requests from before the end are answered all the same.
  expect(parsed(left.out())).toMatchObject({ id: 0, result: {} })
})

test('what comes over and over is an error to the client, on the record, and no memory is filled', async () => {
  // This one hosts Sallyport, and lives on.
  await wrapped(TROUBLED, '--name', 'host')
  const wrapper = await wrapped(TROUBLED)
  await allowAll()
  await expect(wrapper.said('flood', { bytes: 100 * 1024 * 1024 })).rejects.toThrow(/gone|too long|larger/)
  const items = await timeline((all) =>
    all.some(({ action, outcome }) => action === 'mcp.tools.flood' && outcome !== null),
  )
  expect(items.find(({ action }) => action === 'mcp.tools.flood')?.outcome).toBe('upstream_error')
})

test('without a Sallyport to reach nothing passes, and the client is told', async () => {
  const server = bare([process.execPath, '-e', 'process.stdin.once("data", () => console.log("{}"))'], {
    SALLYPORT_PROXY_URL: 'http://127.0.0.1:9',
    SALLYPORT_GATEWAY_TOKEN: 'none',
  })
  server.say(INITIALIZE)
  expect(await server.line(({ id }) => id === 0)).toMatchObject({
    error: { code: -31002, data: { code: 'SP_MCP_NOT_REACHED' } },
  })
  server.child.stdin.end()
  await server.exited
  expect(server.out().trim().split('\n')).toHaveLength(1)
})

test('a name that stands for another server is not taken over', async () => {
  await wrapped(TROUBLED, '--name', 'files')
  const other = await wrapped(npmServer('server-memory'), '--name', 'files')
  await allowAll()
  expect(await other.said('read_graph')).toContain('entities')
  expect(other.told()).toMatch(/files stands for another server; this one is files-[0-9a-f]{6}/)
})

describe('a server of both eras', () => {
  const BOTH_ERAS = fileURLToPath(new URL('support/both-eras-server.ts', import.meta.url))
  const connect = async (mode: 'auto' | 'legacy') => {
    const client = new Client(
      { name: 'stateless-agent', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
    )
    client.setRequestHandler('elicitation/create', () => ({
      action: 'accept',
      content: { name: 'Ada', color: 'green' },
    }))
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [SALLYPORT, 'mcp', '--', process.execPath, BOTH_ERAS],
      env: { PATH: process.env['PATH'] ?? '', ...env() },
      cwd: '/',
    })
    await client.connect(transport)
    stack.push(() => client.close())
    await allowAll()
    await api().permit('local', 'mcp.tools.forbidden', 'deny')
    return client
  }

  test.each([
    ['auto', '2026-07-28'],
    ['legacy', '2025-11-25'],
  ] as const)('is governed for a client of SDK v2 in the mode %s, at %s', async (mode, version) => {
    const client = await connect(mode)
    expect(client.getNegotiatedProtocolVersion()).toBe(version)
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('forbidden')
    expect(await client.callTool({ name: 'hello', arguments: {} })).toMatchObject({
      content: [{ text: 'hello' }],
    })
    const denied = await client.callTool({ name: 'forbidden', arguments: {} })
    expect(JSON.stringify(denied.content)).toContain('Sallyport denied')
    expect(denied.structuredContent).toMatchObject({
      outcome: 'denied',
      because: 'policy',
      code: 'SP_DENIED',
      retry: 'after_change',
    })
  })

  test('asks again in rounds and is listened to, without a session', async () => {
    const client = await connect('auto')
    const asked = await client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} })
    expect(JSON.stringify(asked.content)).toContain('Both steps were answered')
    let heard = 0
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      heard++
    })
    const subscription = await client.listen({ toolsListChanged: true })
    await client.callTool({ name: 'change', arguments: {} })
    await vi.waitFor(() => expect(heard).toBe(1))
    await subscription.close()
  })
})
