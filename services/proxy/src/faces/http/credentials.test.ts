import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { CredentialReference } from '@sallyport/control'
import { afterEach, expect, test } from 'vitest'
import { type ApiRequest, startApiUpstream } from '../../testing/api-upstream.ts'
import { startAuthorizationServer } from '../../testing/authorization-server.ts'
import { close, listen } from '../../testing/mcp-upstream.ts'
import { type FixtureOptions, GATEWAY, startProxy } from '../../testing/proxy-fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

interface Setting extends FixtureOptions {
  readonly answer?: (request: ApiRequest) => void
  readonly credential?: CredentialReference
}

async function world({ answer, credential, ...options }: Setting = {}) {
  const upstream = await startApiUpstream(answer)
  stops.push(() => upstream.stop())
  const proxy = await startProxy(options)
  stops.push(() => proxy.stop())
  proxy.control.addUpstream('api', upstream.url, credential ?? null, 'http')
  proxy.decision.fallback = 'allow'
  return { upstream, proxy, url: `${proxy.url}/http/api/x` }
}

const secret = (name: string) => [name, 'secret', 'value'].join('-')

test('what the agent sends of secrets goes upstream and not into the record', async () => {
  const { upstream, proxy, url } = await world()
  const headers = {
    authorization: `Bearer ${proxy.token}`,
    'x-api-key': secret('header'),
    'content-type': 'application/json',
  }
  const body = JSON.stringify({ password: secret('body') })
  await fetch(`${url}?api_key=${secret('query')}`, { method: 'POST', headers, body })
  expect(upstream.seen[0]?.headers['x-api-key']).toBe(secret('header'))
  await proxy.recorded('sallyport.action.completed.v1')
  const record = JSON.stringify(await proxy.actions())
  for (const one of [secret('header'), secret('body'), secret('query'), proxy.token])
    expect(record).not.toContain(one)
  const { data } = await proxy.recorded('sallyport.action.decided.v1')
  expect(data.findings.map(({ place }) => place)).toEqual([
    '/query/api_key',
    '/headers/x-api-key',
    '/body/password',
  ])
})

test("an agent's own authorization passes where the upstream is registered so, and nowhere else", async () => {
  const passthrough = await world({ credential: { kind: 'passthrough' } })
  const own = 'Bearer own-token'
  const ask = ({ proxy, url }: typeof passthrough) =>
    fetch(url, { headers: { authorization: own, 'sallyport-gateway': proxy.token } })
  await ask(passthrough)
  expect(passthrough.upstream.seen[0]?.headers.authorization).toBe(own)
  const none = await world()
  await ask(none)
  expect(none.upstream.seen[0]?.headers.authorization).toBeUndefined()
  for (const { upstream } of [passthrough, none])
    expect(upstream.seen[0]?.headers['sallyport-gateway']).toBeUndefined()
})

test('a caller without a token is told of none of the upstreams', async () => {
  const { proxy, upstream, url } = await world()
  for (const address of [url, `${proxy.url}/http/nothing/x`]) {
    const response = await fetch(address)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
  }
  const headers = { authorization: `Bearer ${proxy.token}` }
  proxy.control.addUpstream('files', upstream.url)
  for (const name of ['nothing', 'files'])
    expect((await fetch(`${proxy.url}/http/${name}/x`, { headers })).status).toBe(404)
  expect((await fetch(`${proxy.url}/mcp/api`, { method: 'POST', headers })).status).toBe(404)
  expect(upstream.seen).toHaveLength(0)
})

test('a missing credential is a fault of ours, and nothing is sent without it', async () => {
  const { proxy, upstream, url } = await world({ credential: { kind: 'env', variable: 'NOT_SET' } })
  const response = await fetch(url, { headers: { authorization: `Bearer ${proxy.token}` } })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'SP_CREDENTIAL_MISSING' })
  expect(upstream.seen).toHaveLength(0)
})

test('a refused token is renewed and the request sent once more, unless its body is gone', async () => {
  const server = await startAuthorizationServer()
  stops.push(() => server.stop())
  const refuseFirst = ({ headers, incoming, response }: ApiRequest) => {
    tokens.add(headers.authorization)
    const status = tokens.size === 1 ? 401 : 200
    void text(incoming).then((body) => response.writeHead(status).end(`${status} ${body}`))
  }
  const tokens = new Set<string | undefined>()
  const { proxy, url } = await world({
    answer: refuseFirst,
    environment: { CLIENT_SECRET: 'x' },
    credential: {
      kind: 'client_credentials',
      tokenUrl: server.tokenUrl,
      clientId: 'sallyport',
      clientAuthentication: 'client_secret_basic',
      secret: { kind: 'env', variable: 'CLIENT_SECRET' },
      scope: null,
      resource: null,
    },
  })
  const post = async (type: string) => {
    tokens.clear()
    const headers = { authorization: `Bearer ${proxy.token}`, 'content-type': type }
    return (await fetch(url, { method: 'POST', headers, body: '{}' })).text()
  }
  expect(await post('application/json')).toBe('200 {}')
  expect(await post('text/plain')).toBe('401 {}')
})

test('an access token is for the address under /http, which says where it is had', async () => {
  const server = await startAuthorizationServer()
  stops.push(() => server.stop())
  // Tokens are for an address, which is needed before there is one.
  const taken = createServer()
  const port = await listen(taken)
  await close(taken)
  const own = `http://127.0.0.1:${port}`
  const { proxy, url } = await world({
    config: {
      listen: { address: { host: '127.0.0.1', port } },
      authorization: { url: own, issuers: [{ issuer: server.issuer, keysUrl: null }] },
    },
  })
  proxy.control.bindIssuers(GATEWAY, [server.issuer])
  const ask = async (aud: string) => {
    const token = await server.sign({ client_id: GATEWAY, aud })
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status
  }
  expect(await ask(`${own}/http/api`)).toBe(200)
  expect(await ask(`${own}/mcp/api`)).toBe(401)
  const challenge = (await fetch(url)).headers.get('www-authenticate')
  const metadataUrl = `${own}/.well-known/oauth-protected-resource/http/api`
  expect(challenge).toContain(`resource_metadata="${metadataUrl}"`)
  expect(await (await fetch(metadataUrl)).json()).toMatchObject({ resource: `${own}/http/api` })
})
