import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../../testing/raw-upstream.ts'

let proxy: ProxyFixture
beforeEach(async () => {
  const upstream = await startRawUpstream()
  proxy = await startProxy({ config: { limits: { strangers: 2, requestMs: 1000 } } })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  void answerAll(upstream)
  onTestFinished(async () => {
    await proxy.stop()
    await upstream.stop()
  })
})

async function answerAll({ next }: Awaited<ReturnType<typeof startRawUpstream>>): Promise<never> {
  for (;;) {
    const { request, response } = await next()
    json(response, resultOf(request.body, 'called'))
  }
}

async function opened(...lines: string[]): Promise<Socket> {
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  if (lines.length > 0) socket.write([...lines, '', ''].join('\r\n'))
  return socket
}

const request = (target: string, ...headers: string[]) => [
  `${target} HTTP/1.1`,
  `host: ${new URL(proxy.url).host}`,
  ...headers,
]
const closed = (socket: Socket) => once(socket.resume(), 'close')

test.each([
  ['says nothing', () => []],
  ['has no token', () => request('POST /mcp/files', 'content-length: 10')],
  ['has a wrong token', () => request('GET /mcp/files', 'authorization: Bearer sp_gw_wrong')],
  ['asks for an API without a token', () => request('GET /http/files/')],
  ['asks how it goes', () => request('GET /healthz')],
  [
    'asks for a WebSocket without a token',
    () => request('GET /stdio/files', 'upgrade: websocket', 'connection: upgrade'),
  ],
])('a caller who %s is put out when the time of a request is over', async (_, lines) => {
  await closed(await opened(...lines()))
})

test('callers without a token take no place from agents, and agents stay', async () => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } })
  const call = [
    ...request('POST /mcp/files', `authorization: Bearer ${proxy.token}`, 'content-type: application/json'),
    'accept: application/json, text/event-stream',
    `content-length: ${body.length}`,
  ].join('\r\n')
  const agent = await opened()
  const ask = async () => {
    agent.write(`${call}\r\n\r\n${body}`)
    return String((await once(agent, 'data'))[0])
  }
  expect(await ask()).toContain('HTTP/1.1 200')
  const ends: Promise<unknown>[] = []
  for (let count = 0; count < 4; count++) ends.push(closed(await opened()))
  expect(await ask()).toContain('HTTP/1.1 200')
  await Promise.all(ends)
  expect(await ask()).toContain('HTTP/1.1 200')
})
