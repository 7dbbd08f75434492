import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../testing/agent.ts'
import {
  type AuthorizationServer,
  json,
  startAuthorizationServer,
} from '../../testing/authorization-server.ts'
import { close, listen, type SeenRequest, startMcpUpstream, text } from '../../testing/mcp-upstream.ts'
import { connectWithLogin } from '../../testing/oauth-client.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

let server: AuthorizationServer
let upstream: Awaited<ReturnType<typeof startProtectedUpstream>>
let proxy: ProxyFixture
const HEADER = 'sallyport-gateway'

beforeEach(async () => {
  server = await startAuthorizationServer()
  upstream = await startProtectedUpstream(server)
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url, { kind: 'passthrough' })
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterEach(async () => {
  await proxy.stop()
  await Promise.all([upstream.stop(), server.stop()])
})

/** A real MCP server that wants tokens of its own authorization server and publishes the address of that server. */
async function startProtectedUpstream({ issuer }: AuthorizationServer) {
  const inner = await startMcpUpstream()
  const state = {
    asked: [] as SeenRequest[],
    refusal: { status: 401, challenge: undefined as string | undefined },
    metadata: undefined as ((response: ServerResponse, path: string) => void) | undefined,
    /** Where the metadata is. */
    place: '/.well-known/oauth-protected-resource/mcp',
    refuses: (token: string | undefined) => token?.startsWith('Bearer ey') !== true,
  }
  const http: Server = createServer(async (request, response) => {
    const path = request.url ?? ''
    if (path.startsWith('/.well-known') || path === state.place) {
      if (state.metadata) state.metadata(response, path)
      else if (path === state.place) json(response, { resource: url, authorization_servers: [issuer] })
      else json(response, {}, 404)
      return
    }
    const body = await text(request)
    state.asked.push({ method: request.method ?? '', headers: request.headers, body })
    if (state.refuses(request.headers.authorization)) {
      const challenge = state.refusal.challenge ?? `Bearer resource_metadata="${base}${state.place}"`
      response.writeHead(state.refusal.status, { 'www-authenticate': challenge }).end()
      return
    }
    await pass(inner.url, request, body, response)
  })
  const base = `http://127.0.0.1:${await listen(http)}`
  const url = `${base}/mcp`
  return {
    url,
    base,
    state,
    calls: inner.calls,
    stop: () => Promise.all([close(http), inner.stop()]),
  }
}

async function pass(
  url: string,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
  const method = request.method ?? 'GET'
  const answer = await fetch(url, {
    method,
    headers: headers as Record<string, string>,
    ...(body === '' ? {} : { body }),
  })
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (method === 'GET') response.end()
  else response.end(Buffer.from(await answer.arrayBuffer()))
}

const CALL = toolCall('echo', { text: 'hello' })
const metadataUrl = () => `${proxy.url}/.well-known/oauth-protected-resource/mcp/files`
const asGateway = (authorization?: string, more: Readonly<Record<string, string>> = {}) =>
  fetch(`${proxy.url}/mcp/files`, {
    method: 'POST',
    headers: {
      [HEADER]: proxy.token,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(authorization === undefined ? {} : { authorization }),
      ...more,
    },
    body: JSON.stringify(CALL),
  })

test('a client of the SDK logs in at the upstream’s authorization server and works, governed and recorded', async () => {
  const { client, login, stop } = await connectWithLogin(`${proxy.url}/mcp/files`, { [HEADER]: proxy.token })

  const { content } = await client.callTool({ name: 'echo', arguments: { text: 'hello' } })
  expect(content).toEqual([{ type: 'text', text: 'hello' }])
  expect(login.asked?.get('resource')).toBe(`${proxy.url}/mcp/files`)
  await stop()

  const token = login.granted?.access_token ?? 'none'
  expect(upstream.state.asked.at(-1)?.headers.authorization).toBe(`Bearer ${token}`)
  for (const { headers } of upstream.state.asked) {
    expect(JSON.stringify(headers)).not.toContain(proxy.token)
    expect(headers[HEADER]).toBeUndefined()
  }
  await proxy.recorded('sallyport.action.completed.v1', ({ action }) => action === 'mcp.tools.echo')
  const record = JSON.stringify(await proxy.actions())
  expect(record).not.toContain(token)
  expect(record).not.toContain(proxy.token)
})

describe('what the agent brings', () => {
  test('is absent at first, and the upstream’s refusal is passed on with our address in it', async () => {
    upstream.state.refusal.challenge =
      'Bearer realm="x", error="invalid_token", scope="read", resource_metadata="https://evil.example/"'
    const response = await asGateway()
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="sallyport", error="invalid_token", scope="read", resource_metadata="${metadataUrl()}"`,
    )
    expect(upstream.state.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('may lack a scope, which is told as the upstream tells it', async () => {
    upstream.state.refusal = { status: 403, challenge: 'Bearer error="insufficient_scope", scope="write"' }
    const response = await asGateway('Bearer opaque')
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="write"')
  })

  test('goes to no other upstream', async () => {
    const other = await startMcpUpstream()
    proxy.control.addUpstream('files', other.url)
    await asGateway('Bearer eyTheirs')
    expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
    await other.stop()
  })

  test('is not the gateway’s token, which says only who calls', async () => {
    await post(proxy, CALL)
    expect(upstream.state.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test.each([
    ['a token of Sallyport', () => `Bearer ${proxy.token}`],
    ['a token of its API', () => `Bearer ${['sp', 'api', 'x'].join('_')}`],
    ['no bearer token', () => 'Basic dXNlcjpwYXNz'],
    ['two in one', () => 'Bearer a, Bearer b'],
  ])('is refused when it is %s', async (_, authorization) => {
    const response = await asGateway(authorization())
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'SP_OWN_AUTHORIZATION' })
    expect(upstream.state.asked).toEqual([])
  })

  test.each(['Basic dXNlcjpwYXNz', 'made-up-key', 'Bearer of several words'])(
    'passes as %j where the upstream is registered to get its Authorization as it comes',
    async (authorization) => {
      proxy.control.addUpstream('files', upstream.url, { kind: 'passthrough', headers: ['authorization'] })
      await asGateway(authorization)
      expect(upstream.state.asked[0]?.headers.authorization).toBe(authorization)
    },
  )

  test('is refused with a token of Sallyport in it, however it is written', async () => {
    proxy.control.addUpstream('files', upstream.url, {
      kind: 'passthrough',
      headers: ['authorization', 'x-api-key'],
    })
    const basic = `Basic ${Buffer.from(`user:${proxy.token}`).toString('base64')}`
    for (const headers of [
      { authorization: basic },
      { authorization: proxy.token },
      { 'x-api-key': proxy.token },
    ])
      expect((await asGateway('Bearer eyTheirs', headers)).status).toBe(400)
    expect(upstream.state.asked).toEqual([])
  })

  test('goes with the header fields that the upstream is registered to get, and with no other', async () => {
    proxy.control.addUpstream('files', upstream.url, {
      kind: 'passthrough',
      headers: ['x-api-key', 'x-team'],
    })
    await asGateway('Bearer eyTheirs', { 'X-Api-Key': 'made-up-key', 'X-Other': 'stays' })
    const [asked] = upstream.state.asked
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer eyTheirs', 'x-api-key': 'made-up-key' })
    expect(asked?.headers).not.toHaveProperty('x-team')
    expect(asked?.headers).not.toHaveProperty('x-other')
    await proxy.recorded('sallyport.action.completed.v1')
    expect(JSON.stringify(await proxy.actions())).not.toContain('made-up-key')
  })

  test('does not say who calls', async () => {
    const response = await post({ ...proxy, token: 'eyTheirs' }, CALL)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="sallyport"')
    expect(upstream.state.asked).toEqual([])
  })
})

describe('the metadata of the upstream', () => {
  const read = async (url = metadataUrl()) => {
    const response = await fetch(url)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  test('is passed with the proxy as the resource, and without a signed copy that says otherwise', async () => {
    upstream.state.metadata = (response) =>
      json(response, {
        resource: upstream.url,
        authorization_servers: [server.issuer],
        scopes_supported: ['read'],
        signed_metadata: 'eyJ.e30.x',
      })
    expect(await read()).toEqual({
      status: 200,
      body: {
        resource: `${proxy.url}/mcp/files`,
        authorization_servers: [server.issuer],
        scopes_supported: ['read'],
      },
    })
  })

  test('is found at the root too', async () => {
    upstream.state.place = '/.well-known/oauth-protected-resource'
    expect((await read()).body['resource']).toBe(`${proxy.url}/mcp/files`)
  })

  test('is found where the upstream’s challenge says, by any proxy that is asked', async () => {
    upstream.state.place = '/custom/metadata.json?v=1'
    const challenge = (await asGateway()).headers.get('www-authenticate') ?? ''
    const told = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? ''
    expect(told).toMatch(/\?from=spm1\./)
    expect(await read(told)).toMatchObject({ status: 200, body: { resource: `${proxy.url}/mcp/files` } })
    expect((await read(`${metadataUrl()}?from=${encodeURIComponent('/admin')}`)).status).toBe(502)
  })

  test('of an older server says that it is its own authorization server', async () => {
    upstream.state.place = '/nowhere'
    expect(await read()).toMatchObject({ status: 200, body: { authorization_servers: [upstream.base] } })
  })

  test.each([
    ['about the proxy', () => ({ resource: `${proxy.url}/mcp`, authorization_servers: [server.issuer] })],
    ['about nothing', () => ({ authorization_servers: [server.issuer] })],
    ['without an authorization server', () => ({ resource: upstream.url })],
    ['that is none', () => ({})],
  ])('%s is not made believable', async (_, body) => {
    upstream.state.metadata = (response) => json(response, body())
    expect(await read()).toMatchObject({ status: 502, body: { code: 'SP_UPSTREAM_METADATA' } })
  })

  test.each(['https://evil.example/mcp', 'part'])(
    'about another resource (%s) is passed as such, for clients to refuse',
    async (other) => {
      const resource = other === 'part' ? `${upstream.url}/part` : other
      upstream.state.metadata = (response) =>
        json(response, { resource, authorization_servers: [server.issuer] })
      expect((await read()).body['resource']).toBe(resource)
      await expect(connectWithLogin(`${proxy.url}/mcp/files`, { [HEADER]: proxy.token })).rejects.toThrow(
        'does not match',
      )
    },
  )

  test('that cannot be had is a fault and not a guess', async () => {
    upstream.state.metadata = (response) => json(response, {}, 500)
    expect((await read()).status).toBe(502)
  })

  test('is asked for once by many', async () => {
    let asked = 0
    upstream.state.metadata = (response) => {
      asked += 1
      json(response, { resource: upstream.url, authorization_servers: [server.issuer] })
    }
    await Promise.all(Array.from({ length: 20 }, () => read()))
    expect(asked).toBe(1)
  })

  test('is asked for anew when the upstream refused somebody, as it may have moved to another server', async () => {
    await read()
    const moved = 'https://login.example'
    upstream.state.metadata = (response) =>
      json(response, { resource: upstream.url, authorization_servers: [moved] })
    expect((await read()).body['authorization_servers']).toEqual([server.issuer])
    await asGateway('Bearer opaque')
    expect((await read()).body['authorization_servers']).toEqual([moved])
  })

  test('of an upstream with a credential of ours is not published', async () => {
    proxy.control.addUpstream('files', upstream.url)
    expect((await read()).status).toBe(404)
    expect((await read(metadataUrl().replace('files', 'nothing'))).status).toBe(404)
  })

  test('is not for pages of other origins', async () => {
    const response = await fetch(metadataUrl(), { headers: { origin: 'https://evil.example' } })
    expect(response.status).toBe(403)
  })
})

describe('a header that says who calls', () => {
  test.each(['authorization', HEADER, 'host', 'origin'])(
    '%s is refused when it comes twice',
    async (name) => {
      const { port } = new URL(proxy.url)
      const socket = connect(Number(port), '127.0.0.1')
      const fields = [
        'host: 127.0.0.1',
        `authorization: Bearer ${proxy.token}`,
        `${name}: 127.0.0.1`,
        `${name.toUpperCase()}: 127.0.0.1`,
      ]
      socket.end(`POST /mcp/files HTTP/1.1\r\n${fields.join('\r\n')}\r\ncontent-length: 0\r\n\r\n`)
      const chunks: Buffer[] = []
      for await (const chunk of socket) chunks.push(chunk as Buffer)
      expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 400 .*SP_IDENTITY_REPEATED/s)
    },
  )

  test('is not overruled by a target that names another host', async () => {
    const { port } = new URL(proxy.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.end(
      `GET http://evil.example/mcp/files HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${proxy.token}\r\nconnection: close\r\n\r\n`,
    )
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 4\d\d /)
    expect(upstream.state.asked).toEqual([])
  })
})
