import type { CredentialReference } from '@sallyport/control'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post, toolCall } from '../../../testing/agent.ts'
import {
  type AuthorizationServer,
  json as answer,
  startAuthorizationServer,
} from '../../../testing/authorization-server.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../../../testing/raw-upstream.ts'

let server: AuthorizationServer
let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture
const SECRET = ['client', 'secret'].join('-')

beforeEach(async () => {
  server = await startAuthorizationServer()
  upstream = await startRawUpstream()
  proxy = await startProxy({ environment: { CLIENT_SECRET: SECRET, STATIC: 'static-token' } })
  const credential: CredentialReference = {
    kind: 'client_credentials',
    tokenUrl: server.tokenUrl,
    clientId: 'sallyport',
    clientAuthentication: 'client_secret_basic',
    secret: { kind: 'env', variable: 'CLIENT_SECRET' },
    scope: null,
    resource: upstream.url,
  }
  proxy.control.addUpstream('files', upstream.url, credential)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterEach(async () => {
  await proxy.stop()
  await Promise.all([upstream.stop(), server.stop()])
})

const CALL = toolCall('echo', { text: 'hello' })
const UNAUTHORIZED = { 'www-authenticate': 'Bearer error="invalid_token"' }

test('a call goes out again with another token when the upstream refuses the first, and is one call', async () => {
  const answering = post(proxy, CALL)
  const first = await upstream.next()
  first.response.writeHead(401, UNAUTHORIZED).end('{}')
  const second = await upstream.next()
  json(second.response, resultOf(second.request.body, 'hello'))

  expect(await (await answering).text()).toContain('hello')
  expect(second.request.body).toBe(first.request.body)
  expect(second.request.headers.authorization).toMatch(/^Bearer ey/)
  expect(second.request.headers.authorization).not.toBe(first.request.headers.authorization)
  await proxy.recorded('sallyport.action.completed.v1', ({ outcome }) => outcome === 'ok')
  const record = JSON.stringify(await proxy.actions())
  for (const secret of [SECRET, ...upstream.seen.map(({ headers }) => headers.authorization?.slice(7))])
    expect(record).not.toContain(secret)
  expect((await proxy.actions()).map(({ type }) => type)).toEqual([
    'sallyport.action.decided.v1',
    'sallyport.action.completed.v1',
  ])
})

test('an upstream that refuses the next one too is a fault, and the agent is not told to log in', async () => {
  const answering = post(proxy, CALL)
  for (let attempt = 0; attempt < 2; attempt++)
    (await upstream.next()).response.writeHead(401, UNAUTHORIZED).end()

  const response = await answering
  expect(response.status).toBe(200)
  expect(response.headers.get('www-authenticate')).toBeNull()
  expect(await response.json()).toMatchObject({ error: { data: { code: 'SP_UPSTREAM_UNAUTHORIZED' } } })
  expect(upstream.seen).toHaveLength(2)
})

test('any other answer is not asked for twice', async () => {
  const answering = post(proxy, CALL)
  const { response } = await upstream.next()
  response.writeHead(403, UNAUTHORIZED).end()
  expect((await answering).status).toBe(403)
  expect(upstream.seen).toHaveLength(1)
})

test('a connection that breaks is not a refusal', async () => {
  const answering = post(proxy, CALL)
  ;(await upstream.next()).response.destroy()
  expect(await (await answering).json()).toMatchObject({ error: { data: { code: 'SP_UPSTREAM_RESET' } } })
  expect(upstream.seen).toHaveLength(1)
})

test('a credential that cannot be had denies the call as a fault, before anything goes upstream', async () => {
  server.state.tokenFails = (response) => answer(response, { error: 'invalid_client' }, 401)
  const text = await (await post(proxy, CALL)).text()
  expect(text).toContain('SP_CREDENTIAL_REFUSED')
  expect(text).toContain('invalid_client')
  const { data } = await proxy.recorded('sallyport.action.decided.v1')
  expect(data).toMatchObject({ verdict: 'deny' })
  expect(upstream.seen).toEqual([])
})

test('a static credential that is refused is a fault too', async () => {
  proxy.control.addUpstream('files', upstream.url, { kind: 'env', variable: 'STATIC' })
  const answering = post(proxy, CALL)
  ;(await upstream.next()).response.writeHead(401, UNAUTHORIZED).end()
  expect(await (await answering).json()).toMatchObject({
    error: { data: { code: 'SP_UPSTREAM_UNAUTHORIZED' } },
  })
})
