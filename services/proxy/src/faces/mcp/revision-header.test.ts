import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, startAgent } from '../../testing/agent.ts'
import { startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  upstream = await startMcpUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const revisionSeen = () => upstream.seen.at(-1)?.headers['mcp-protocol-version']

function handshake(protocolVersion: string) {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test-agent', version: '1' } }
  return { jsonrpc: '2.0', id: 0, method: 'initialize', params }
}

test('an agent that names no revision gets what servers keep for older clients', async () => {
  const agent = await startAgent(proxy)
  const headers = { 'mcp-session-id': agent.transport.sessionId ?? '' }

  expect((await post(proxy, LIST, headers)).status).toBe(200)
  expect(revisionSeen()).toBeUndefined()
  expect((await post(proxy, LIST, { ...headers, 'mcp-protocol-version': '2025-06-18' })).status).toBe(200)
  expect(revisionSeen()).toBe('2025-06-18')
  await agent.stop()
})

test('a handshake is settled by its body; a server may think otherwise of a header that names a revision to come', async () => {
  const answer = await post(proxy, handshake('2999-01-01'), { 'mcp-protocol-version': '2999-01-01' })

  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('"protocolVersion":"2025-11-25"')
  expect(revisionSeen()).toBe('2999-01-01')
  const { data } = await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ protocolVersion }) => protocolVersion === '2999-01-01',
  )
  expect(data.action).toBe('mcp.rpc.initialize')
})

test.each(['GET', 'DELETE'])('a %s of an unknown revision is refused', async (method) => {
  const headers = { authorization: `Bearer ${proxy.token}`, 'mcp-protocol-version': '2999-01-01' }
  expect((await fetch(`${proxy.url}/mcp/files`, { method, headers })).status).toBe(400)
})

test.each(['HEAD', 'OPTIONS', 'PATCH', 'PUT'])(
  '%s is not taken for the loss of a session: it gets 405 and what is allowed',
  async (method) => {
    const before = upstream.seen.length
    const headers = { authorization: `Bearer ${proxy.token}` }
    const body = method === 'PUT' || method === 'PATCH' ? JSON.stringify(LIST) : null
    const response = await fetch(`${proxy.url}/mcp/files`, { method, headers, body })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST, DELETE')
    expect(upstream.seen.length).toBe(before)
  },
)
