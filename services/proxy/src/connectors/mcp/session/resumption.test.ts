import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { answerTo, json, startRawUpstream } from '../../../testing/raw-upstream.ts'

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture

beforeEach(async () => {
  opened = 0
  upstream = await startRawUpstream()
  proxy = await startProxy({ config: { streams: { silentMs: 20 } } })
  proxy.control.addUpstream('files', upstream.url)
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

const EVENTS = { 'content-type': 'text/event-stream' }
let opened: number

async function openSession(): Promise<Record<string, string>> {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  }
  const answer = post(proxy, { jsonrpc: '2.0', id: 0, method: 'initialize', params })
  const { request, response } = await upstream.next()
  response.setHeader('mcp-session-id', `session-${++opened}`)
  json(response, answerTo(request, { result: { protocolVersion: '2025-11-25', capabilities: {} } }))
  return { 'mcp-session-id': (await answer).headers.get('mcp-session-id') ?? '' }
}

const getStream = (headers: Record<string, string>) =>
  fetch(`${proxy.url}/mcp/files`, {
    headers: { authorization: `Bearer ${proxy.token}`, accept: 'text/event-stream', ...headers },
  })

async function eventOf(session: Record<string, string>): Promise<string> {
  const answer = getStream(session)
  const { response } = await upstream.next()
  response.writeHead(200, EVENTS).end('id: stream-1_9\ndata:\n\n')
  return /^id: (.*)$/m.exec(await (await answer).text())?.[1] ?? ''
}

test('a client goes on after the event that it was told, as the upstream calls it', async () => {
  const session = await openSession()
  const told = await eventOf(session)
  expect(told).not.toBe('stream-1_9')

  const answer = getStream({ ...session, 'last-event-id': told })
  const { request, response } = await upstream.next()
  response.writeHead(200, EVENTS).end()
  await answer
  expect(request.headers).toMatchObject({ 'last-event-id': 'stream-1_9', 'mcp-session-id': 'session-1' })
})

test.each([
  ['of another session', (told: string) => told],
  ['as the upstream calls it', () => 'stream-1_9'],
  ['with something added', (told: string) => `${told}9`],
])('an event %s is not gone on from, which is recorded', async (_, idOf) => {
  const [mine, other] = [await openSession(), await openSession()]
  const told = await eventOf(other)
  const before = upstream.seen.length

  const answer = await getStream({ ...mine, 'last-event-id': idOf(told) })

  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { data: { code: 'SP_EVENT_UNKNOWN' } } })
  expect(upstream.seen.length).toBe(before)
  const { data } = await proxy.recorded('sallyport.action.decided.v1', ({ verdict }) => verdict === 'deny')
  expect(data.reasons).toEqual(['Last-Event-ID names no event of this session'])
})

test('a stream on which nothing happens gets comments', async () => {
  const answer = getStream(await openSession())
  const { response } = await upstream.next()
  response.writeHead(200, EVENTS).flushHeaders()
  const reader = (await answer).body?.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader?.read())?.value).toBe(': still here\n\n')
  expect((await reader?.read())?.value).toBe(': still here\n\n')
  response.end()
})
