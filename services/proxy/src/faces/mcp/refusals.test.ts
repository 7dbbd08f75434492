import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../../testing/raw-upstream.ts'

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  upstream = await startRawUpstream()
  proxy = await startProxy({ config: { limits: { bodyBytes: 4096 } } })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})

const refused = (reason: string) =>
  proxy.recorded('sallyport.action.decided.v1', (data) => data.reasons.some((text) => text.includes(reason)))

describe('a body that is not to be read in one way only', () => {
  test.each([
    [
      'a second name hidden behind the first',
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_all","name":"echo"}}',
      -32_700,
      'a key that occurs twice',
    ],
    [
      'a key that other parsers fold',
      '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}',
      -32_700,
      'take for a protocol key',
    ],
    ['something that is not JSON', 'nothing', -32_700, 'RFC 8259'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32_600, 'batch'],
    [
      'a message of an unknown version',
      '{"jsonrpc":"1.0","id":1,"method":"ping"}',
      -32_600,
      'jsonrpc must be',
    ],
    [
      'a call without an id',
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo"}}',
      -32_600,
      'with an id',
    ],
  ])('%s is refused, with an event that does not repeat it', async (_, body, code, reason) => {
    const response = await post(proxy, body)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } })
    const { data } = await refused(reason)
    expect(data).toMatchObject({ action: 'mcp.rpc.unknown', verdict: 'deny', arguments: null })
    expect(JSON.stringify(data)).not.toContain('delete_all')
    expect(upstream.seen).toEqual([])
  })

  test.each([
    ['a compressed body', { 'content-encoding': 'gzip' }, 'Content-Encoding'],
    ['another charset', { 'content-type': 'application/json; charset=utf-16le' }, 'Content-Type'],
  ])('%s is refused with 415', async (_, headers, reason) => {
    expect((await post(proxy, toolCall('echo', {}), headers)).status).toBe(415)
    await refused(reason)
    expect(upstream.seen).toEqual([])
  })

  test('an invalid Content-Type is refused with 415 and recorded too', async () => {
    const own = await startProxy()
    own.control.addUpstream('files', upstream.url)
    expect((await post(own, toolCall('echo', {}), { 'content-type': 'garbage//' })).status).toBe(415)
    const { data } = await own.recorded('sallyport.action.decided.v1')
    expect(data).toMatchObject({ verdict: 'deny', rule: 'strict decoding' })
    await own.stop()
  })

  test('one that is too large is refused with 413', async () => {
    const response = await post(proxy, toolCall('echo', { text: 'x'.repeat(5000) }))
    expect(response.status).toBe(413)
    await refused('larger than 4096')
  })
})

describe('JSON that is not JSON-RPC', () => {
  test('is denied as mcp.rpc.unknown like any other action', async () => {
    const response = await post(proxy, '{"hello":"world"}')

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32_600, data: { rule: 'no permission' } } })
    await proxy.recorded('sallyport.action.decided.v1', ({ rule }) => rule === 'no permission')
    expect(upstream.seen).toEqual([])
  })

  test('goes upstream in canonical form where a permission says so', async () => {
    proxy.decision.outcomes.set('mcp.rpc.unknown', 'allow')
    const answer = post(proxy, ' {"hello" : "world"}')

    const { request, response } = await upstream.next()
    expect(request.body).toBe('{"hello":"world"}')
    json(response, '{ "well": 1.0 }')
    expect(await (await answer).text()).toBe('{"well":1.0}')
    proxy.decision.outcomes.delete('mcp.rpc.unknown')
  })
})

test('a client whose name is an object with a toString of its own is recorded without a name', async () => {
  const clientInfo = { name: { toString: 1, valueOf: 1 }, version: ['1'] }
  const answer = post(proxy, { jsonrpc: '2.0', id: 1, method: 'initialize', params: { clientInfo } })

  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))
  expect((await answer).status).toBe(200)
  const { data } = await proxy.recorded(
    'sallyport.action.decided.v1',
    ({ action }) => action === 'mcp.rpc.initialize',
  )
  expect(data.client).toEqual({ name: '', version: '' })
})

test('a gateway has no more calls under way than it may, and others are not kept out by it', async () => {
  const narrow = await startProxy({ config: { limits: { callsPerGateway: 1 } } })
  narrow.control.addUpstream('files', upstream.url)
  narrow.control.addGateway('other', 'sp_gw_other')
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
  const first = post(narrow, ping)
  const { request, response } = await upstream.next()

  const second = await post(narrow, ping)
  expect(second.status).toBe(429)
  expect(await second.json()).toMatchObject({ error: { data: { code: 'SP_TOO_MANY_CALLS' } } })
  const others = post({ ...narrow, token: 'sp_gw_other' }, ping)
  const theirs = await upstream.next()
  json(theirs.response, resultOf(theirs.request.body, 'hello'))
  expect((await others).status).toBe(200)

  json(response, resultOf(request.body, 'hello'))
  expect((await first).status).toBe(200)
  await narrow.stop()
})

describe('a caller who is not to be let in', () => {
  test('without a valid token gets 401 and how to authenticate', async () => {
    const response = await post({ ...proxy, token: 'sp_gw_wrong' }, toolCall('echo', {}))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(response.headers.get('content-type')).toContain('application/problem+json')
  })

  test('with the token of a revoked gateway gets 401', async () => {
    proxy.control.addGateway('other', 'sp_gw_other')
    proxy.control.revokeGateway('other')
    expect((await post({ ...proxy, token: 'sp_gw_other' }, toolCall('echo', {}))).status).toBe(401)
  })

  test('gets 404 for an upstream that nobody registered', async () => {
    const headers = { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json' }
    const response = await fetch(`${proxy.url}/mcp/nowhere`, { method: 'POST', headers, body: '{}' })
    expect(response.status).toBe(404)
  })

  test.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['a Host that was rebound to us', { host: 'evil.example' }],
  ])('from %s gets 403', async (_, headers) => {
    expect(await statusOf(headers)).toBe(403)
  })

  test.each(['/healthz', '/readyz', '/metrics'])(
    'learns nothing from %s by a Host that was rebound to us',
    async (path) => {
      expect(await statusOf({ host: 'evil.example' }, path)).toBe(403)
      expect((await fetch(proxy.url + path)).status).toBe(200)
    },
  )

  test('but a page of this machine is let in', async () => {
    expect(await statusOf({ origin: 'http://localhost:6274' })).toBe(400)
  })
})

/** fetch does not let its caller choose these headers. */
function statusOf(headers: Record<string, string>, path = '/mcp/files'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const authorization = `Bearer ${proxy.token}`
    const call = httpRequest(proxy.url + path, {
      method: path.startsWith('/mcp') ? 'POST' : 'GET',
      headers: { authorization, 'content-type': 'application/json', ...headers },
    })
    call.on('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    call.end('{}')
  })
}
