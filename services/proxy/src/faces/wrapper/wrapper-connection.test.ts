import { type EventLog, memoryEventLog } from '@sallyport/event-log'
import {
  COMMAND_HEADER,
  commandDigest,
  decodeFrame,
  encodeFrame,
  encodeWord,
  SESSION_HEADER,
  WIRE_PROTOCOL,
} from '@sallyport/stdio'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { post, toolCall } from '../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const COMMAND = ['server-files', '/srv']

let proxy: ProxyFixture
const sockets: WebSocket[] = []
beforeEach(async () => {
  proxy = await startProxy()
  proxy.control.addUpstream('files', { kind: 'attached', command: COMMAND })
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await proxy.stop()
})

type Line = Record<string, unknown>

/** A wrapper by hand: the test says what it sends, and is the server behind it. */
async function connect(headers: Record<string, string> = {}, upstream = 'files') {
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/stdio/${upstream}`, [WIRE_PROTOCOL], {
    headers: {
      authorization: `Bearer ${proxy.token}`,
      [COMMAND_HEADER]: commandDigest(COMMAND),
      ...headers,
    },
  })
  sockets.push(socket)
  const got: Record<string, Line[]> = { c: [], s: [], x: [] }
  let wake = () => {}
  socket.on('message', (message: Buffer) => {
    const frame = decodeFrame(message)
    if (frame) got[frame.tag]?.push(JSON.parse(frame.line.toString()) as Line)
    wake()
  })
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_, response) => reject(new Error(`status ${response.statusCode}`)))
    socket.once('error', reject)
  })
  /** The next line to the client, the server or the wrapper. */
  const next = async (tag: 'c' | 's' | 'x'): Promise<Line> => {
    for (;;) {
      const line = got[tag]?.shift()
      if (line) return line
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const raw = (tag: 'c' | 's', text: string) => socket.send(encodeFrame(tag, text))
  return {
    socket,
    closed,
    next,
    raw,
    got,
    fromClient: (message: object) => raw('c', JSON.stringify({ jsonrpc: '2.0', ...message })),
    fromServer: (message: object) => raw('s', JSON.stringify({ jsonrpc: '2.0', ...message })),
    ended: (how: string) => socket.send(encodeWord({ word: 'ended', how })),
  }
}

const INITIALIZE = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'desk', version: '2' } },
}

async function initialized(headers: Record<string, string> = {}) {
  const wrapper = await connect(headers)
  wrapper.fromClient(INITIALIZE)
  const { id } = await wrapper.next('s')
  const result = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    serverInfo: { name: 'files', version: '1' },
  }
  wrapper.fromServer({ id, result })
  expect(await wrapper.next('c')).toMatchObject({ id: 0, result })
  return wrapper
}

test('a call reaches the server and its answer the client, and the record knows client and revision', async () => {
  const wrapper = await initialized()
  wrapper.fromClient(toolCall('echo', { text: 'hello' }, 'a'))
  const call = await wrapper.next('s')
  expect(call).toMatchObject({ method: 'tools/call', params: { name: 'echo', arguments: { text: 'hello' } } })
  wrapper.fromServer({ id: call['id'], result: { content: [{ type: 'text', text: 'hello' }] } })
  expect(await wrapper.next('c')).toMatchObject({ id: 'a', result: { content: [{ text: 'hello' }] } })
  const { data } = await proxy.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(data.outcome).toBe('ok')
  const decided = await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(decided.data).toMatchObject({
    protocolVersion: '2025-06-18',
    client: { name: 'desk', version: '2' },
  })
})

test('a denied call is answered and never reaches the server', async () => {
  const wrapper = await initialized()
  wrapper.fromClient(toolCall('delete', {}, 5))
  expect(await wrapper.next('c')).toMatchObject({ id: 5, result: { isError: true } })
  expect(wrapper.got['s']).toEqual([])
})

test('a line that parsers could read differently is refused, recorded, and reaches nobody', async () => {
  const wrapper = await initialized()
  wrapper.raw(
    'c',
    '{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"delete","name":"echo","arguments":{}}}',
  )
  expect(await wrapper.next('c')).toMatchObject({ id: 9, error: { data: { code: 'SP_JSON_NOT_STRICT' } } })
  wrapper.raw('c', '{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"echo"}}garbage')
  expect(await wrapper.next('c')).toMatchObject({ id: null, error: { code: -32700 } })
  await proxy.recorded('sallyport.action.decided.v1', ({ rule }) => rule === 'strict decoding')
  expect(wrapper.got['s']).toEqual([])
})

test('what a server answers that nobody asked, or says so that it could be read differently, reaches nobody', async () => {
  const wrapper = await initialized()
  wrapper.fromServer({ id: 0, result: { stolen: true } })
  wrapper.raw('s', '{"jsonrpc":"2.0","method":"notifications/message","params":{},"params":{}}')
  wrapper.fromServer({ method: 'notifications/tools/list_changed' })
  expect(await wrapper.next('c')).toMatchObject({ method: 'notifications/tools/list_changed' })
})

test('two wrappers of one agent whose ids are the same never get each other’s answers', async () => {
  const [one, two] = [await initialized(), await initialized()]
  for (const wrapper of [one, two]) wrapper.fromClient(toolCall('echo', {}, 1))
  const [first, second] = [await one.next('s'), await two.next('s')]
  two.fromServer({ id: second['id'], result: { content: [], of: 'two' } })
  one.fromServer({ id: first['id'], result: { content: [], of: 'one' } })
  expect(await one.next('c')).toMatchObject({ id: 1, result: { of: 'one' } })
  expect(await two.next('c')).toMatchObject({ id: 1, result: { of: 'two' } })
})

test('a server that ends answers what is under way with an error, on the record', async () => {
  const wrapper = await initialized()
  wrapper.fromClient(toolCall('echo', {}, 1))
  await wrapper.next('s')
  wrapper.ended('it ended with code 3')
  expect(await wrapper.next('c')).toMatchObject({ id: 1, error: { data: { code: 'SP_UPSTREAM_EXITED' } } })
  const { data } = await proxy.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(data).toMatchObject({ outcome: 'upstream_error', errorCode: 'SP_UPSTREAM_EXITED' })
})

test('a client that hangs up ends its calls, and the session is on the record as closed', async () => {
  const wrapper = await initialized()
  wrapper.fromClient(toolCall('echo', {}, 1))
  await wrapper.next('s')
  wrapper.socket.close()
  await proxy.recorded('sallyport.action.aborted.v1', ({ action }) => action === 'mcp.tools.echo')
  await proxy.recorded('sallyport.session.closed.v1')
})

test('a session goes on over another connection, as the one it was', async () => {
  const wrapper = await initialized()
  const { session } = await wrapper.next('x')
  wrapper.socket.close()
  const again = await connect({ [SESSION_HEADER]: String(session) })
  again.fromClient(toolCall('echo', {}, 2))
  await again.next('s')
  const { data } = await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(data).toMatchObject({ protocolVersion: '2025-06-18', client: { name: 'desk' } })
  const opened = await proxy.recorded('sallyport.session.opened.v1')
  expect(data.session).toBe(opened.data.session)
})

test('whoever may not come is not let in', async () => {
  const { port } = new URL(proxy.url)
  await expect(connect({ authorization: 'Bearer sp_gw_nobody' })).rejects.toThrow('status 401')
  await expect(connect({ origin: 'https://evil.example' })).rejects.toThrow('status 403')
  await expect(connect({ host: `evil.example:${port}` })).rejects.toThrow('status 403')
  await expect(connect({ [COMMAND_HEADER]: commandDigest(['other']) })).rejects.toThrow('status 409')
  await expect(connect({}, 'nothing')).rejects.toThrow('status 404')
  proxy.control.addUpstream('remote', 'http://127.0.0.1:1/mcp')
  await expect(connect({}, 'remote')).rejects.toThrow('status 409')
  const plain = await fetch(`${proxy.url}/stdio/files`, {
    headers: { authorization: `Bearer ${proxy.token}` },
  })
  expect(plain.status).toBe(426)
})

test('a gateway that is revoked is put out, and so is one whose server became another', async () => {
  const wrapper = await initialized()
  proxy.control.addUpstream('files', { kind: 'attached', command: ['other'] })
  expect(await wrapper.closed).toBe(4403)
  proxy.control.addUpstream('files', { kind: 'attached', command: COMMAND })
  const again = await initialized()
  proxy.control.revokeGateway('code-agent')
  expect(await again.closed).toBe(4403)
})

test('the server of a wrapper is reached over its connection only', async () => {
  await initialized()
  const answer = await post(proxy, toolCall('echo', {}))
  expect(await answer.text()).toContain('SP_UPSTREAM_NOT_ATTACHED')
})

test('a client that sends nothing but rubbish does not fill the record', async () => {
  await proxy.stop()
  const log = memoryEventLog()
  const { promise: confirmed, resolve: confirm } = Promise.withResolvers<void>()
  const append: EventLog['append'] = async (...records) => {
    await confirmed
    return log.append(...records)
  }
  proxy = await startProxy({ log: { ...log, append } })
  proxy.control.addUpstream('files', { kind: 'attached', command: COMMAND })
  const { raw, next, got } = await connect()
  const count = 500
  for (let i = 0; i < count; i++) raw('c', 'x')
  expect(await next('c')).toHaveProperty('error')
  for (let i = 0; i < 150; i++) await (await fetch(`${proxy.url}/healthz`)).text()
  expect(got['c']?.length).toBeLessThan(64)
  confirm()
  for (let i = 1; i < count; i++) expect(await next('c')).toHaveProperty('error')
})

test('a client that calls before its server is up waits for its list, and is not refused for a fault', async () => {
  proxy.control.denyUnlisted('files')
  const wrapper = await connect()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    wrapper.fromClient(INITIALIZE)
    wrapper.fromClient({ method: 'notifications/initialized' })
    wrapper.fromClient(toolCall('echo', { text: 'early' }, 'a'))
    const asked: Line[] = []
    while (asked.length < 3) asked.push(await wrapper.next('s'))
    const [initialize, , list] = asked
    expect(list).toMatchObject({ method: 'tools/list' })
    await vi.advanceTimersByTimeAsync(30_000)
    const serverInfo = { name: 'files', version: '1' }
    const welcome = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo }
    wrapper.fromServer({ id: initialize?.['id'], result: welcome })
    const tools = [{ name: 'echo', inputSchema: { type: 'object' } }]
    wrapper.fromServer({ id: list?.['id'], result: { tools } })
    expect(await wrapper.next('c')).toMatchObject({ id: 0, result: welcome })
    // The control state of this test takes no note of lists, so the catalog judges. It is no fault any more.
    const denial = { rule: expect.stringMatching(/^catalog: /) }
    expect(await wrapper.next('c')).toMatchObject({
      id: 'a',
      result: { _meta: { 'sallyport/denial': denial } },
    })
  } finally {
    vi.useRealTimers()
  }
})
