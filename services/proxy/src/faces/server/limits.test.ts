import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { post, toolCall } from '../../testing/agent.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'
import { json, type RawExchange, resultOf, startRawUpstream } from '../../testing/raw-upstream.ts'

const MIB = 1024 * 1024

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
const sockets: Socket[] = []

beforeAll(async () => {
  upstream = await startRawUpstream()
})
afterAll(() => upstream.stop())
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

async function proxyWith(config: FixtureOptions['config'] & object): Promise<ProxyFixture> {
  const proxy = await startProxy({ config })
  onTestFinished(() => proxy.stop())
  proxy.control.addUpstream('files', upstream.url)
  proxy.control.addGateway('other', 'sp_gw_other')
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  proxy.decision.outcomes.set('mcp.rpc.stream_open', 'allow')
  return proxy
}

/** A client that writes what it likes and reads only when asked. */
async function rawClient(proxy: ProxyFixture, head: string[], token = proxy.token) {
  const { hostname, port } = new URL(proxy.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  sockets.push(socket)
  socket.pause()
  const [start = '', ...rest] = head
  const lines = [start, `host: ${hostname}:${port}`, `authorization: Bearer ${token}`, ...rest, '', '']
  socket.write(lines.join('\r\n'))
  return {
    socket,
    /** The head and the last of what comes until then, or until the connection ends. */
    async read(until: RegExp | null = null): Promise<string> {
      let head = ''
      let tail = ''
      for await (const chunk of socket) {
        if (head.length < 2000) head += chunk
        tail = tail.slice(-2000) + chunk
        if (until?.test(tail)) break
      }
      return head + tail
    },
  }
}

const posting = (length: number) => [
  'POST /mcp/files HTTP/1.1',
  'content-type: application/json',
  'accept: application/json, text/event-stream',
  `content-length: ${length}`,
]

const denied = (proxy: ProxyFixture, rule: string) =>
  proxy.recorded('sallyport.action.decided.v1', (data) => data.rule === rule)

describe('the size of a request is bounded, and each limit has its own refusal and event', () => {
  test.each([
    ['levels', { depth: 8 }, { a: [[[[[[[1]]]]]]] }, 'limit: JSON depth', 'SP_JSON_TOO_DEEP'],
    [
      'members',
      { members: 100 },
      { a: Array(100).fill(0) },
      'limit: JSON members',
      'SP_JSON_TOO_MANY_MEMBERS',
    ],
    ['a key', { keyLength: 64 }, { ['k'.repeat(65)]: 1 }, 'limit: key length', 'SP_JSON_KEY_TOO_LONG'],
    [
      'a string',
      { stringLength: 256 },
      { a: 'x'.repeat(257) },
      'limit: string length',
      'SP_JSON_STRING_TOO_LONG',
    ],
    ['arguments', { arguments: 2 }, { a: 1, b: 2, c: 3 }, 'limit: arguments', 'SP_TOO_MANY_ARGUMENTS'],
  ] as const)('%s', async (_, limits, args, rule, code) => {
    const proxy = await proxyWith({ json: limits })
    const before = upstream.seen.length
    const response = await post(proxy, toolCall('echo', args))
    expect(await response.json()).toMatchObject({ id: null, error: { data: { code } } })
    const { data } = await denied(proxy, rule)
    expect(data).toMatchObject({ verdict: 'deny', arguments: null })
    expect(upstream.seen).toHaveLength(before)
  })

  test('an answer may say more than a request, and still not anything', async () => {
    const proxy = await proxyWith({ json: { members: 100 }, answerJson: { members: 200 } })
    const ask = async (elements: number) => {
      const answer = post(proxy, toolCall('echo', {}))
      const { request, response } = await upstream.next()
      const { id } = JSON.parse(request.body)
      json(
        response,
        JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], a: Array(elements).fill(0) } }),
      )
      return (await answer).json()
    }
    expect(await ask(150)).toHaveProperty('result')
    expect(await ask(250)).toMatchObject({ error: { data: { code: 'SP_UPSTREAM_ANSWER_INVALID' } } })
  })
})

describe('calls and streams of one gateway are counted apart', () => {
  test('a stream too many is refused and recorded as a stream, and calls go on', async () => {
    const proxy = await proxyWith({ limits: { streamsPerGateway: 1, callsPerGateway: 1 } })
    const headers = { authorization: `Bearer ${proxy.token}`, accept: 'text/event-stream' }
    const open = new AbortController()
    const first = fetch(`${proxy.url}/mcp/files`, { headers, signal: open.signal })
    const theirs = await upstream.next()
    theirs.response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    expect((await first).status).toBe(200)

    const second = await fetch(`${proxy.url}/mcp/files`, { headers })
    expect(second.status).toBe(429)
    expect(second.headers.get('retry-after')).toBe('1')
    expect(await second.json()).toMatchObject({ error: { data: { code: 'SP_TOO_MANY_STREAMS' } } })
    const { data } = await denied(proxy, 'limit: streams at once')
    expect(data).toMatchObject({ action: 'mcp.rpc.stream_open', method: 'GET' })

    const call = post(proxy, toolCall('echo', {}))
    const { request, response } = await upstream.next()
    const tooMany = await post(proxy, toolCall('echo', {}))
    expect(tooMany.status).toBe(429)
    await denied(proxy, 'limit: calls at once')
    json(response, resultOf(request.body, 'hello'))
    expect((await call).status).toBe(200)
    open.abort()
  })

  test('what is posted to listen counts as a stream', async () => {
    const proxy = await proxyWith({ limits: { streamsPerGateway: 0, callsPerGateway: 1 } })
    const response = await post(proxy, {
      jsonrpc: '2.0',
      id: 1,
      method: 'subscriptions/listen',
      params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
    })
    expect(response.status).toBe(429)
    await denied(proxy, 'limit: streams at once')
    const call = post(proxy, toolCall('echo', {}))
    await answerNext()
    expect((await call).status).toBe(200)
  })
})

describe('bodies that come slowly', () => {
  test('one that does not come in time is refused and recorded', async () => {
    const proxy = await proxyWith({ limits: { requestMs: 300 } })
    const { socket, read } = await rawClient(proxy, posting(100))
    socket.write('{"jsonrpc":')
    const answer = await read()
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('SP_BODY_TOO_SLOW')
    await denied(proxy, 'limit: body time')
  })

  test('together have no more memory than they may, and other gateways are not kept out', async () => {
    const proxy = await proxyWith({ limits: { memoryPerGateway: MIB, memoryBytes: 2 * MIB } })
    const half = JSON.stringify(toolCall('echo', { text: 'x'.repeat(0.6 * MIB) }))
    const slow = await rawClient(proxy, posting(half.length))
    slow.socket.write(half.slice(0, -1))
    await until(
      () => held(proxy),
      (bytes) => bytes === half.length - 1,
    )

    const second = await post(proxy, half)
    expect(second.status).toBe(429)
    expect(await second.json()).toMatchObject({ error: { data: { code: 'SP_TOO_MANY_BYTES' } } })
    await denied(proxy, 'limit: bytes in memory')
    const other = post({ ...proxy, token: 'sp_gw_other' }, half)
    await answerNext()
    expect((await other).status).toBe(200)

    slow.socket.write(half.slice(-1))
    await answerNext()
    expect(await slow.read(/hello/)).toMatch(/^HTTP\/1\.1 200 /)
    await until(
      () => held(proxy),
      (bytes) => bytes === 0,
    )
  })

  test('one that breaks off leaves nothing behind', async () => {
    const proxy = await proxyWith({})
    const { socket } = await rawClient(proxy, posting(100))
    socket.write('{"jsonrpc":')
    await until(
      () => held(proxy),
      (bytes) => bytes > 0,
    )
    socket.destroy()
    await until(
      () => held(proxy),
      (bytes) => bytes === 0,
    )
  })
})

describe('readers that do not read', () => {
  test('a stream is taken from the upstream only as fast as the agent reads it', async () => {
    const proxy = await proxyWith({ limits: { memoryPerGateway: 64 * MIB } })
    const body = JSON.stringify(toolCall('echo', {}))
    const reader = await rawClient(proxy, posting(body.length))
    reader.socket.write(body)
    const { request, response } = await upstream.next()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const frame = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(MIB) } })}\n\n`
    for (let i = 0; i < 24; i++) response.write(frame)
    // The kernel buffers a part on the two connections. The rest waits at its source and not in the proxy.
    await settled(() => response.writableLength)
    expect(response.writableLength).toBeGreaterThan(8 * MIB)
    expect(await held(proxy)).toBeLessThan(8 * MIB)

    response.end(`data: ${resultOf(request.body, 'hello')}\n\n`)
    expect(await reader.read(/hello/)).toContain('hello')
  })

  test('answers that nobody reads have no more memory than they may', async () => {
    const proxy = await proxyWith({ limits: { memoryPerGateway: 30 * MIB } })
    const body = JSON.stringify(toolCall('echo', {}))
    const large = (exchange: RawExchange) =>
      json(exchange.response, resultOf(exchange.request.body, 'x'.repeat(12 * MIB)))
    for (let i = 0; i < 2; i++) {
      const { socket } = await rawClient(proxy, posting(body.length))
      socket.write(body)
      large(await upstream.next())
    }
    await until(
      () => held(proxy),
      (bytes) => bytes > 24 * MIB,
    )

    const third = post(proxy, body)
    large(await upstream.next())
    expect(await (await third).json()).toMatchObject({ error: { data: { code: 'SP_ANSWERS_UNREAD' } } })
    const ended = await proxy.recorded('sallyport.action.completed.v1', (data) => data.outcome !== 'ok')
    expect(ended.data.errorCode).toBe('SP_ANSWERS_UNREAD')

    const other = post({ ...proxy, token: 'sp_gw_other' }, body)
    large(await upstream.next())
    expect(await (await other).json()).toHaveProperty('result')
    for (const socket of sockets) socket.destroy()
    await until(
      () => held(proxy),
      (bytes) => bytes === 0,
    )
  })
})

async function answerNext(): Promise<void> {
  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))
}

async function held(proxy: ProxyFixture): Promise<number> {
  const metrics = await (await fetch(`${proxy.url}/metrics`)).text()
  return Number(/^sallyport_proxy_memory_bytes (\d+)/m.exec(metrics)?.[1])
}

async function until<T>(read: () => Promise<T>, fits: (value: T) => boolean): Promise<void> {
  while (!fits(await read())) await delay(10)
}

/** Waits until a figure stays the same for a while. */
async function settled(read: () => number): Promise<void> {
  for (let last = -1; read() !== last; ) {
    last = read()
    await delay(300)
  }
}
