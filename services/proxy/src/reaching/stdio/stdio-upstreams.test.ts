import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { afterEach, expect, test, vi } from 'vitest'
import { startAgent } from '../../testing/agent.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

// Each test starts processes.
vi.setConfig({ testTimeout: 60_000 })

const SERVER = fileURLToPath(new URL('../../testing/stdio-server.ts', import.meta.url))

const stack: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stack.splice(0).reverse()) await stop()
})

interface Options extends Pick<FixtureOptions, 'environment'> {
  readonly stdio?: NonNullable<FixtureOptions['config']>['stdio']
  readonly config?: FixtureOptions['config']
  readonly command?: string[]
  readonly env?: string[]
}

async function withStdio({ stdio, config, environment, command, env = [] }: Options = {}) {
  const proxy = await startProxy({
    config: { ...config, stdio: { run: 'on', ...stdio } },
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
  })
  stack.push(proxy.stop)
  proxy.decision.fallback = 'allow'
  proxy.control.addUpstream('files', {
    kind: 'stdio',
    command: command ?? [process.execPath, SERVER],
    env,
    cwd: null,
  })
  const agent = async () => {
    const started = await startAgent(proxy)
    stack.push(started.stop)
    return started.client
  }
  return { proxy, agent }
}

async function said(client: Client, name: string, args: object = {}): Promise<string> {
  const result = await client.callTool({ name, arguments: { ...args } })
  return (result.content as { text: string }[])[0]?.text ?? ''
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200 && lives(pid); tries++) await delay(25)
  return !lives(pid)
}

const completedWith = (proxy: ProxyFixture, errorCode: string) =>
  proxy.recorded('sallyport.action.completed.v1', (data) => data.errorCode === errorCode)

test('remote clients call a stdio server, and each session has its own child', async () => {
  const { proxy, agent } = await withStdio()
  const [one, two] = [await agent(), await agent()]
  expect(await said(one, 'echo', { text: 'hello' })).toBe('hello')
  expect(await said(one, 'pid')).not.toBe(await said(two, 'pid'))
  const { data } = await proxy.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(data.outcome).toBe('ok')
})

test('a denied tool never reaches the server', async () => {
  const { proxy, agent } = await withStdio()
  proxy.decision.outcomes.set('mcp.tools.count', 'deny')
  const client = await agent()
  expect(await said(client, 'count')).toContain('denied')
  proxy.decision.outcomes.set('mcp.tools.count', 'allow')
  expect(await said(client, 'count')).toBe('1')
})

test('progress and requests of the server reach the client they are for', async () => {
  const { agent } = await withStdio()
  const client = await agent()
  const progress: number[] = []
  await client.callTool({ name: 'progress', arguments: {} }, undefined, {
    onprogress: (told) => progress.push(told.progress),
  })
  expect(progress).toEqual([1, 2])
})

test('a server that dies during a call is an error to its client, on the record, and begun anew', async () => {
  const { proxy, agent } = await withStdio()
  const client = await agent()
  const before = await said(client, 'pid')
  await expect(said(client, 'die')).rejects.toThrow(/gone: it ended with code 7/)
  await completedWith(proxy, 'SP_UPSTREAM_EXITED')
  expect(await said(await agent(), 'pid')).not.toBe(before)
  // Its own client goes on too, with its own child, and does not notice that a session ended.
  expect(await said(client, 'pid')).not.toBe(before)
})

test('a server that hangs is a time-out to its client, and on the record', async () => {
  const { proxy, agent } = await withStdio({ config: { upstream: { headersMs: 6000, idleMs: 6000 } } })
  await expect(said(await agent(), 'hang')).rejects.toThrow(/did not answer in time/)
  await completedWith(proxy, 'SP_UPSTREAM_TIMEOUT')
})

test('a server that writes a line without end is ended, and its client told', async () => {
  const { proxy, agent } = await withStdio({ config: { limits: { answerBytes: 100_000 } } })
  const client = await agent()
  const pid = Number(await said(client, 'pid'))
  await expect(said(client, 'flood', { bytes: 1_000_000 })).rejects.toThrow(/larger than 100000 bytes/)
  await completedWith(proxy, 'SP_UPSTREAM_ANSWER_TOO_LARGE')
  expect(await gone(pid)).toBe(true)
})

test('lines that are not strict MCP do not reach the client, and the session goes on', async () => {
  const { agent } = await withStdio()
  const client = await agent()
  expect(await said(client, 'junk')).toBe('still there')
})

test.each([
  ['a mark', '\\357\\273\\277'],
  ['a mark on a line of its own', '\\357\\273\\277\\n'],
  ['a mark, and the end of a line of Windows', '\\357\\273\\277\\r\\n'],
])('a server that begins with %s is heard at once', async (_, bytes) => {
  const script = `printf '${bytes}'; exec "$0" "$1"`
  const { proxy, agent } = await withStdio({ command: ['/bin/sh', '-c', script, process.execPath, SERVER] })
  const client = await agent()
  expect(await said(client, 'echo', { text: 'heard' })).toBe('heard')
  expect(await proxy.actions()).not.toContainEqual(
    expect.objectContaining({ type: 'sallyport.message.dropped.v1' }),
  )
})

test('the server gets a plain environment and what was registered with it, and nothing of ours', async () => {
  const { agent } = await withStdio({
    environment: { FILES_KEY: 'for the server', OTHER_KEY: 'not for it', SALLYPORT_SECRET_KEY: 'ours' },
    env: ['FILES_KEY'],
  })
  const client = await agent()
  expect(await said(client, 'variable', { name: 'FILES_KEY' })).toBe('for the server')
  for (const name of ['OTHER_KEY', 'SALLYPORT_SECRET_KEY'])
    expect(await said(client, 'variable', { name })).toBe('unset')
})

test('ours are not given away by registering them', async () => {
  const { agent } = await withStdio({
    environment: { SALLYPORT_SECRET_KEY: 'ours' },
    env: ['SALLYPORT_SECRET_KEY'],
  })
  await expect(agent()).rejects.toThrow(/SALLYPORT_SECRET_KEY is not set/)
})

test('a session that ends takes its server along, and so does the proxy', async () => {
  const { proxy, agent } = await withStdio()
  const one = await startAgent(proxy)
  const first = Number(await said(one.client, 'pid'))
  await one.transport.terminateSession()
  expect(await gone(first)).toBe(true)
  await one.stop()
  const second = Number(await said(await agent(), 'pid'))
  await stack.pop()?.()
  await proxy.service.stop()
  stack.length = 0
  expect(await gone(second)).toBe(true)
})

test('an upstream that is removed is ended', async () => {
  const { proxy, agent } = await withStdio()
  const pid = Number(await said(await agent(), 'pid'))
  proxy.control.addUpstream('files', { kind: 'http', url: 'http://127.0.0.1:1/mcp' })
  expect(await gone(pid)).toBe(true)
})

test('when there is no room, the least recently used child is ended', async () => {
  const { proxy, agent } = await withStdio({ stdio: { perUpstreamMax: 1 } })
  const first = Number(await said(await agent(), 'pid'))
  const second = await agent()
  expect(await gone(first)).toBe(true)
  const hanging = said(second, 'hang').catch(() => {})
  await proxy.recorded('sallyport.action.decided.v1', ({ action }) => action === 'mcp.tools.hang')
  await expect(agent()).rejects.toThrow(/too many sessions/)
  await second.close()
  await hanging
})

test('servers that are slow to end do not pile up', async () => {
  const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); import(process.argv[1])"
  const { agent } = await withStdio({
    stdio: { childrenMax: 1 },
    command: [process.execPath, '-e', stubborn, SERVER],
  })
  const first = Number(await said(await agent(), 'pid'))
  const second = await agent()
  expect(lives(first)).toBe(true)
  await expect(agent()).rejects.toThrow(/too many sessions/)
  expect(await gone(first)).toBe(true)
  await agent()
  await second.close()
})

test('a command that does not run, or ends at once, is said to be one and is not tried all the time', async () => {
  const missing = await withStdio({ command: ['/no/such/program'] })
  await expect(missing.agent()).rejects.toThrow(/could not be started/)
  const short = await withStdio({ command: [process.execPath, '-e', 'process.exit(3)'] })
  await expect(short.agent()).rejects.toThrow(/ended with code 3/)
  await expect(short.agent()).rejects.toThrow(/ended before it answered/)
})

test('a proxy that is not to run commands runs none', async () => {
  const { agent } = await withStdio({ stdio: { run: 'off' } })
  await expect(agent()).rejects.toThrow(/does not run commands/)
})
