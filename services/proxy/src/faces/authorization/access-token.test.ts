import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../testing/agent.ts'
import {
  type AuthorizationServer,
  json,
  startAuthorizationServer,
} from '../../testing/authorization-server.ts'
import { close, listen, startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { connectWithLogin } from '../../testing/oauth-client.ts'
import { GATEWAY, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

let server: AuthorizationServer
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let proxy: ProxyFixture
let resource: string

beforeEach(async () => {
  server = await startAuthorizationServer()
  upstream = await startMcpUpstream()
  // Tokens are for an address, which is needed before there is one.
  const taken = createServer()
  const port = await listen(taken)
  await close(taken)
  const url = `http://127.0.0.1:${port}`
  proxy = await startProxy({
    config: {
      listen: { address: { host: '127.0.0.1', port } },
      authorization: { url, issuers: [{ issuer: server.issuer, keysUrl: null }], scopes: ['mcp:call'] },
    },
  })
  proxy.control.addUpstream('files', upstream.url)
  proxy.control.bindIssuers(GATEWAY, [server.issuer])
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  resource = `${url}/mcp/files`
  server.state.claims = { scope: 'mcp:call' }
})
afterEach(async () => {
  await proxy.stop()
  await Promise.all([upstream.stop(), server.stop()])
})

const CALL = toolCall('echo', { text: 'hello' })
const withToken = (token: string) => post({ ...proxy, token }, CALL)
const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test-agent', version: '1' },
}
const good = { client_id: GATEWAY }

test('a client of the SDK finds where to log in, logs in, and works as the gateway that its token names', async () => {
  server.state.claims = { scope: 'mcp:call', client_id: GATEWAY }
  const { client, login, stop } = await connectWithLogin(resource)

  expect(login.asked?.get('resource')).toBe(resource)
  expect(login.asked?.get('scope')).toBe('mcp:call')
  const { content } = await client.callTool({ name: 'echo', arguments: { text: 'hello' } })
  expect(content).toEqual([{ type: 'text', text: 'hello' }])
  await stop()
  const { data } = await proxy.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === 'mcp.tools.echo',
  )
  expect(data.gateway.name).toBe(GATEWAY)
  const token = login.granted?.access_token ?? 'none'
  expect(JSON.stringify(await proxy.actions())).not.toContain(token)
  expect(JSON.stringify(upstream.seen)).not.toContain(token)
})

test('who brings nothing is told where to log in, and so is everybody who asks', async () => {
  const metadataUrl = resource.replace('/mcp/', '/.well-known/oauth-protected-resource/mcp/')
  const response = await fetch(resource, { method: 'POST', body: '{}' })
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer realm="sallyport", scope="mcp:call", resource_metadata="${metadataUrl}"`,
  )
  expect(await (await fetch(metadataUrl)).json()).toEqual({
    resource,
    authorization_servers: [server.issuer],
    scopes_supported: ['mcp:call'],
    bearer_methods_supported: ['header'],
    resource_name: 'Sallyport: files',
  })
})

test('names of upstreams cannot be told from others without a token', async () => {
  const url = `${proxy.url}/.well-known/oauth-protected-resource/mcp`
  expect((await fetch(`${url}/files`)).status).toBe((await fetch(`${url}/nothing`)).status)
  expect((await fetch(`${url}/..%2Ffiles`)).status).toBe(404)
})

test('gateway tokens go on working beside access tokens', async () => {
  expect((await post(proxy, CALL)).status).not.toBe(401)
})

test('a held call says whom its agent acts for, as the issuer names them', async () => {
  proxy.decision.outcomes.set('mcp.tools.echo', 'hold')
  const asked = proxy.approvals.next()
  const answer = withToken(await server.sign({ ...good, sub: 'user-42', aud: resource }))
  const { approvalId } = await asked
  expect(proxy.approvals.requests).toMatchObject([
    { principal: { issuer: server.issuer, subject: 'user-42' } },
  ])
  proxy.approvals.vote(approvalId, 'deny', 'dana')
  await answer
})

test.each([
  [
    'for another upstream',
    () => server.sign({ ...good, aud: `${proxy.url}/mcp/other` }),
    401,
    'invalid_token',
  ],
  ['for nobody we know', () => server.sign({ client_id: 'nobody', aud: resource }), 401, 'invalid_token'],
  ['that is none', async () => 'opaque', 401, 'invalid_token'],
])('a token %s is refused with what is wrong', async (_, make, status, error) => {
  const response = await withToken(await make())
  expect(response.status).toBe(status)
  expect(response.headers.get('www-authenticate')).toContain(`error="${error}"`)
  expect(upstream.seen).toEqual([])
})

test('a token that lacks a scope is told which one', async () => {
  server.state.claims = { scope: 'other' }
  const response = await withToken(await server.sign({ ...good, aud: resource }))
  expect(response.status).toBe(403)
  expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="mcp:call"')
})

test('the token of a revoked gateway is refused, also when another tenant has a gateway of the same name', async () => {
  const token = await server.sign({ ...good, aud: resource })
  expect((await withToken(token)).status).not.toBe(401)
  proxy.control.revokeGateway(GATEWAY)
  expect((await withToken(token)).status).toBe(401)
})

test('a Host of somebody else does not make a token for somebody else good', async () => {
  const stolen = await server.sign({ ...good, aud: 'http://localhost:1/mcp/files' })
  const response = await fetch(resource, {
    method: 'POST',
    headers: { authorization: `Bearer ${stolen}`, host: 'localhost:1' },
    body: '{}',
  })
  expect(response.status).toBe(401)
})

test('while the issuer’s keys cannot be had nobody is told that their token is bad', async () => {
  server.state.keysFail = (response) => json(response, {}, 500)
  const response = await withToken(await server.sign({ ...good, aud: resource }))
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'SP_ISSUER_UNAVAILABLE' })
})

test('a stream ends with the token that opened it', async () => {
  const now = Math.floor(Date.now() / 1000)
  const token = await server.sign({ ...good, aud: resource, exp: now - 29 })
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE }
  const opened = await post({ ...proxy, token }, initialize)
  const session = opened.headers.get('mcp-session-id') ?? ''
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'mcp-session-id': session }
  const stream = await fetch(resource, { headers })
  expect(stream.status).toBe(200)
  await expect(stream.text()).rejects.toThrow('terminated')
})

test('issuers without the address that tokens are for are a fault of the configuration', async () => {
  const issuers = [{ issuer: server.issuer, keysUrl: null }]
  await expect(startProxy({ config: { authorization: { issuers } } })).rejects.toThrow('SALLYPORT_PROXY_URL')
})

test.each([
  ['none', () => []],
  ['another issuer', () => ['https://login.example']],
  ['a longer name of the issuer', () => [`${server.issuer}/`]],
  ['a part of the issuer', () => [server.issuer.slice(0, -1)]],
])('a token names no gateway that is bound to %s', async (_claim, issuers) => {
  const token = await server.sign({ aud: resource, ...good })
  expect((await withToken(token)).status).not.toBe(401)
  proxy.control.bindIssuers(GATEWAY, issuers())

  const response = await withToken(token)
  expect(response.status).toBe(401)
  const refused = await response.text()
  const nobody = await withToken(await server.sign({ aud: resource, client_id: 'nobody' }))
  expect(await nobody.text()).toBe(refused)
  expect((await withToken(proxy.token)).status).not.toBe(401)
})

test('a gateway that gets the name of a bound one is reached with its own token alone', async () => {
  const token = await server.sign({ aud: resource, ...good })
  proxy.control.revokeGateway(GATEWAY)
  proxy.control.addGateway(GATEWAY, 'sp_gw_of-the-second')
  expect((await withToken(token)).status).toBe(401)
})

describe('when a binding to an issuer ends', () => {
  let streaming: ReturnType<typeof createServer>

  beforeEach(async () => {
    const events = { 'content-type': 'text/event-stream' }
    streaming = createServer((_, response) => response.writeHead(200, events).flushHeaders())
    proxy.control.addUpstream('files', `http://127.0.0.1:${await listen(streaming)}/mcp`)
  })
  afterEach(() => close(streaming))

  async function openStream(token: string) {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' }
    const response = await fetch(resource, { headers })
    expect(response.status).toBe(200)
    const stream = { ended: false, closed: response.text().catch(() => '') }
    void stream.closed.then(() => {
      stream.ended = true
    })
    return stream
  }

  test('the streams of those whom that issuer named end, and the others go on', async () => {
    const named = await openStream(await server.sign({ aud: resource, ...good }))
    const own = await openStream(proxy.token)
    proxy.control.bindIssuers(GATEWAY, [server.issuer, 'https://login.example'])
    proxy.control.bindIssuers(GATEWAY, ['https://login.example'])

    await named.closed
    expect(own.ended).toBe(false)
    const { data } = await proxy.recorded(
      'sallyport.action.completed.v1',
      ({ action }) => action === 'mcp.rpc.stream_open',
    )
    expect(data.outcome).toBe('ok')
  })

  test('a rotated token ends the streams of that token, and not of those whom an issuer named', async () => {
    const named = await openStream(await server.sign({ aud: resource, ...good }))
    const own = await openStream(proxy.token)
    proxy.control.rotateToken(GATEWAY, 'sp_gw_of-the-next')

    await own.closed
    expect(named.ended).toBe(false)
  })

  test('a held call of one whom it named is denied', async () => {
    proxy.control.addUpstream('files', upstream.url)
    proxy.decision.outcomes.set('mcp.tools.echo', 'hold')
    const requested = proxy.approvals.next()
    const answer = withToken(await server.sign({ aud: resource, ...good }))
    const { approvalId } = await requested
    proxy.control.bindIssuers(GATEWAY, [])
    proxy.approvals.vote(approvalId, 'approve', 'dana')

    expect(await (await answer).text()).toContain('not bound any more to the issuer')
    expect(upstream.seen.some(({ body }) => body.includes('tools/call'))).toBe(false)
  })
})
