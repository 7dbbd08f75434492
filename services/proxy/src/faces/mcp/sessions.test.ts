import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, startAgent } from '../../testing/agent.ts'
import { startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let proxy: ProxyFixture
const secret = randomBytes(32)

beforeAll(async () => {
  upstream = await startMcpUpstream()
  proxy = await startProxy({ secret })
  proxy.control.addUpstream('files', upstream.url)
  proxy.control.addUpstream('others', upstream.url)
  proxy.control.addGateway('other', 'sp_gw_other')
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

test('the agent never learns the id that the upstream gave, and the record has only its digest', async () => {
  const agent = await startAgent(proxy)
  const sealed = agent.transport.sessionId ?? ''
  const own = [...upstream.sessions.keys()].at(-1) ?? ''

  expect(sealed).toMatch(/^sp1\.[A-Za-z0-9_-]+$/)
  expect(Buffer.from(sealed.slice(4), 'base64url').toString('latin1')).not.toContain(own)
  const { data } = await proxy.recorded('sallyport.session.opened.v1')
  expect(data).toMatchObject({ upstream: 'files', client: { name: 'test-agent', version: '1.2.3' } })
  expect(data.session).toMatch(/^[0-9a-f]{16}$/)
  expect(JSON.stringify(await proxy.actions())).not.toContain(own)
  await agent.stop()
})

test('another gateway cannot use the session, and the attempt is recorded', async () => {
  const agent = await startAgent(proxy)
  const headers = { 'mcp-session-id': agent.transport.sessionId ?? '' }
  const before = upstream.seen.length

  const response = await post({ ...proxy, token: 'sp_gw_other' }, LIST, headers)

  expect(response.status).toBe(404)
  const { data } = await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ gateway }) => gateway.name === 'other',
  )
  expect(data).toMatchObject({ verdict: 'deny', reasons: ['Session not found'] })
  expect(upstream.seen.length).toBe(before)
  await agent.stop()
})

test('the session is of no use with another upstream', async () => {
  const agent = await startAgent(proxy)
  const response = await fetch(`${proxy.url}/mcp/others`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${proxy.token}`,
      'content-type': 'application/json',
      'mcp-session-id': agent.transport.sessionId ?? '',
    },
    body: JSON.stringify(LIST),
  })
  expect(response.status).toBe(404)
  await agent.stop()
})

test('the session is refused for another server that takes over the name of its server', async () => {
  const own = await startProxy({ secret })
  own.control.addUpstream('files', upstream.url)
  const agent = await startAgent(own)
  const headers = { 'mcp-session-id': agent.transport.sessionId ?? '' }
  expect((await post(own, LIST, headers)).status).toBe(200)

  const other = await startMcpUpstream()
  own.control.addUpstream('files', other.url)

  expect((await post(own, LIST, headers)).status).toBe(404)
  expect(other.seen).toEqual([])
  await Promise.all([agent.stop(), own.stop(), other.stop()])
})

test('any proxy with the same secret goes on with the session, one with another does not', async () => {
  const agent = await startAgent(proxy)
  const headers = { 'mcp-session-id': agent.transport.sessionId ?? '', 'mcp-protocol-version': '2025-11-25' }
  const sibling = await startProxy({ secret, control: proxy.control, token: proxy.token })
  const stranger = await startProxy({ control: proxy.control, token: proxy.token })

  expect((await post(sibling, LIST, headers)).status).toBe(200)
  expect((await post(stranger, LIST, headers)).status).toBe(404)

  await Promise.all([agent.stop(), sibling.stop(), stranger.stop()])
})

test('ending a session ends it upstream and is recorded', async () => {
  const agent = await startAgent(proxy)

  await agent.transport.terminateSession()

  const { data } = await proxy.recorded('sallyport.session.closed.v1')
  expect(data).toMatchObject({ reason: 'the client ended it', client: { name: 'test-agent' } })
  expect(upstream.seen.at(-1)?.method).toBe('DELETE')
  await agent.stop()
})

test('the stream of the server is opened, recorded, and ended when the proxy stops', async () => {
  const own = await startProxy({ secret })
  own.control.addUpstream('files', upstream.url)
  const agent = await startAgent(own)
  await own.recorded('sallyport.action.decided.v1', ({ action }) => action === 'mcp.rpc.stream_open')

  await own.stop()

  const { data } = await own.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === 'mcp.rpc.stream_open',
  )
  expect(data.outcome).toBe('ok')
  await agent.stop()
})

test.each([
  ['that is revoked', (own: ProxyFixture) => own.control.revokeGateway('code-agent')],
  ['whose token is rotated', (own: ProxyFixture) => own.control.rotateToken('code-agent', 'sp_gw_new')],
])('the stream of a gateway %s ends', async (_, end) => {
  const own = await startProxy({ secret })
  own.control.addUpstream('files', upstream.url)
  const agent = await startAgent(own)
  await own.recorded('sallyport.action.decided.v1', ({ action }) => action === 'mcp.rpc.stream_open')

  end(own)

  await own.recorded('sallyport.action.completed.v1', ({ action }) => action === 'mcp.rpc.stream_open')
  await agent.stop()
  await own.stop()
})
