import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post, startAgent, toolCall } from '../../../testing/agent.ts'
import { startMcpUpstream } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { answerTo, json, resultOf, startRawUpstream } from '../../../testing/raw-upstream.ts'

const secret = randomBytes(32)
let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture

beforeEach(async () => {
  upstream = await startRawUpstream()
  proxy = await startProxy({ secret })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

const PARAMS = {
  protocolVersion: '2025-11-25',
  capabilities: { sampling: {} },
  clientInfo: { name: 'raw', version: '1' },
}
const CALL = toolCall('echo', { text: 'hello' }, 4)

/** Answers a handshake with a session of this name. */
async function answerHandshake(session: string, protocolVersion = '2025-11-25') {
  const { request, response } = await upstream.next()
  response.setHeader('mcp-session-id', session)
  json(response, answerTo(request, { result: { protocolVersion, capabilities: {} } }))
  return JSON.parse(request.body)
}

async function openSession(): Promise<Record<string, string>> {
  const answer = post(proxy, { jsonrpc: '2.0', id: 0, method: 'initialize', params: PARAMS })
  await answerHandshake('first')
  return { 'mcp-session-id': (await answer).headers.get('mcp-session-id') ?? '' }
}

async function lose() {
  const { request, response } = await upstream.next()
  json(response, '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}', 404)
  return request
}

async function takeInitialized(session: string) {
  const { request, response } = await upstream.next()
  expect(JSON.parse(request.body).method).toBe('notifications/initialized')
  expect(request.headers['mcp-session-id']).toBe(session)
  response.writeHead(202).end()
}

test('a session that the upstream has lost is opened again with what its client said, and the call carried out once', async () => {
  const session = await openSession()
  const answer = post(proxy, CALL, session)
  const lost = await lose()
  const handshake = await answerHandshake('second')
  await takeInitialized('second')
  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))

  expect(await (await answer).json()).toMatchObject({ id: 4, result: { content: [{ text: 'hello' }] } })
  expect(handshake).toMatchObject({ method: 'initialize', params: PARAMS })
  expect(lost.headers['mcp-session-id']).toBe('first')
  expect(request.headers['mcp-session-id']).toBe('second')
  await proxy.recorded('sallyport.session.closed.v1')
  const isCall = ({ action }: { action: string }) => action === 'mcp.tools.echo'
  expect((await proxy.recorded('sallyport.action.completed.v1', isCall)).data.outcome).toBe('ok')
  const opened = (await proxy.actions()).filter(({ type }) => type === 'sallyport.session.opened.v1')
  expect(opened).toHaveLength(2)
})

test('what comes after goes to the new session at once', async () => {
  const session = await openSession()
  const first = post(proxy, CALL, session)
  await lose()
  await answerHandshake('second')
  await takeInitialized('second')
  const one = await upstream.next()
  json(one.response, resultOf(one.request.body, '1'))
  await first

  const second = post(proxy, CALL, session)
  const two = await upstream.next()
  json(two.response, resultOf(two.request.body, '2'))
  expect((await second).status).toBe(200)
  expect(two.request.headers['mcp-session-id']).toBe('second')
})

test('calls that find it lost at the same time open one new session', async () => {
  const session = await openSession()
  const answers = [1, 2, 3].map((id) => post(proxy, toolCall('echo', { text: 'x' }, id), session))
  const [one, two, three] = [await upstream.next(), await upstream.next(), await upstream.next()]
  for (const { response } of [one, two, three]) response.writeHead(404).end()
  await answerHandshake('second')
  await takeInitialized('second')
  for (let i = 0; i < 3; i++) {
    const { request, response } = await upstream.next()
    expect(request.headers['mcp-session-id']).toBe('second')
    json(response, resultOf(request.body, 'x'))
  }
  for (const answer of answers) expect((await answer).status).toBe(200)
})

test('the other proxies of the fleet go on with the new session, and not with one of their own', async () => {
  const { control, decision, signals, log, approvals, token } = proxy
  const sibling = await startProxy({ secret, control, decision, signals, log, approvals, token })
  const session = await openSession()
  const healed = post(proxy, CALL, session)
  await lose()
  await answerHandshake('second')
  await takeInitialized('second')
  const one = await upstream.next()
  json(one.response, resultOf(one.request.body, '1'))
  await healed

  const answer = post(sibling, CALL, session)
  const two = await upstream.next()
  json(two.response, resultOf(two.request.body, '2'))
  expect((await answer).status).toBe(200)
  expect(two.request.headers['mcp-session-id']).toBe('second')
  await sibling.stop()
})

test('a stream of the server is opened again without the event that the new session never had', async () => {
  const session = await openSession()
  const headers = { authorization: `Bearer ${proxy.token}`, accept: 'text/event-stream', ...session }
  const answer = fetch(`${proxy.url}/mcp/files`, { headers })
  const before = await upstream.next()
  before.response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 5\ndata:\n\n')
  const told = /^id: (.*)$/m.exec(await (await answer).text())?.[1] ?? ''

  const again = fetch(`${proxy.url}/mcp/files`, { headers: { ...headers, 'last-event-id': told } })
  expect((await lose()).headers['last-event-id']).toBe('5')
  await answerHandshake('second')
  await takeInitialized('second')
  const { request, response } = await upstream.next()
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
  expect((await again).status).toBe(200)
  expect(request.headers['last-event-id']).toBeUndefined()

  const third = fetch(`${proxy.url}/mcp/files`, { headers: { ...headers, 'last-event-id': told } })
  const after = await upstream.next()
  after.response.writeHead(200, { 'content-type': 'text/event-stream' }).end()
  expect((await third).status).toBe(200)
  expect(after.request.headers['last-event-id']).toBeUndefined()
})

test.each([
  ['another revision', async () => void (await answerHandshake('second', '2025-03-26'))],
  ['nothing', async () => void (await upstream.next()).response.writeHead(500).end()],
])('an upstream that answers the handshake with %s leaves the session lost', async (_, answerIt) => {
  const session = await openSession()
  const answer = post(proxy, CALL, session)
  await lose()
  await answerIt()
  const response = await answer
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { message: 'Session not found' } })
})

test('a session that its client ended stays ended', async () => {
  const session = await openSession()
  const ending = fetch(`${proxy.url}/mcp/files`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${proxy.token}`, ...session },
  })
  ;(await upstream.next()).response.writeHead(200).end()
  expect((await ending).status).toBe(200)

  const answer = post(proxy, CALL, session)
  await lose()
  expect((await answer).status).toBe(404)
})

test('a server that has no page for streams, or a client that begins anew, costs no session', async () => {
  const session = await openSession()
  const headers = { authorization: `Bearer ${proxy.token}`, accept: 'text/event-stream', ...session }
  const stream = fetch(`${proxy.url}/mcp/files`, { headers })
  ;(await upstream.next()).response.writeHead(404).end('Cannot GET /mcp')
  expect((await stream).status).toBe(404)

  const again = post(proxy, { jsonrpc: '2.0', id: 0, method: 'initialize', params: PARAMS }, session)
  await lose()
  expect((await again).status).toBe(404)
  expect(upstream.seen).toHaveLength(3)
})

test('a failed answer that may mean that the call was carried out is never sent again', async () => {
  const session = await openSession()
  for (const [status, body] of [
    [400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"no such session type"}}'],
    [500, '{"error":"session lost"}'],
  ] as const) {
    const answer = post(proxy, CALL, session)
    json((await upstream.next()).response, body, status)
    expect((await answer).status).toBe(status)
  }
  expect(upstream.seen).toHaveLength(3)
})

test('a real client goes on after its real server has forgotten every session', async () => {
  const real = await startMcpUpstream()
  const own = await startProxy()
  own.control.addUpstream('files', real.url)
  own.decision.outcomes.set('mcp.tools.echo', 'allow')
  const agent = await startAgent(own)
  real.sessions.clear()

  const answer = await agent.client.callTool({ name: 'echo', arguments: { text: 'still here' } })

  expect(answer.content).toEqual([{ type: 'text', text: 'still here' }])
  expect(real.calls).toEqual(['echo still here'])
  await Promise.all([agent.stop(), own.stop()])
  await real.stop()
})

test('a session that is lost while a person thinks does not cost the approval', async () => {
  const real = await startMcpUpstream()
  const own = await startProxy()
  own.control.addUpstream('files', real.url)
  own.decision.outcomes.set('mcp.tools.create_issue', 'hold')
  const agent = await startAgent(own)
  const requested = own.approvals.next()
  const call = agent.client.callTool({ name: 'create_issue', arguments: { title: 'late' } })
  const { approvalId } = await requested
  real.sessions.clear()

  own.approvals.vote(approvalId, 'approve', 'dana')

  expect((await call).content).toEqual([{ type: 'text', text: 'made late' }])
  expect(real.calls).toEqual(['create_issue late'])
  await Promise.all([agent.stop(), own.stop()])
  await real.stop()
})
