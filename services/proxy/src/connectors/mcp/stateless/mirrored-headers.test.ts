import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { ENVELOPE, statelessRequest, VERSION } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'

let upstream: Awaited<ReturnType<typeof startStatelessUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  upstream = await startStatelessUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
  for (const action of ['tools.echo', 'tools.query', 'prompts.gr%C3%BC%C3%9Fe'])
    proxy.decision.outcomes.set(`mcp.${action}`, 'allow')
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})

type Headers = Record<string, string | undefined>

let sent = 0

async function send(method: string, params: object, headers: Headers = {}) {
  sent += 1
  const request = statelessRequest(method, params, sent)
  const given = Object.entries({ ...request.headers, ...headers }).filter(([, value]) => value !== undefined)
  const response = await post(proxy, request.body, Object.fromEntries(given) as Record<string, string>)
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const ECHO = { name: 'echo', arguments: { text: 'hi' } }
const QUERY = { name: 'query', arguments: { region: 'eu', limit: 42, where: { zone: 'ü b' } } }
const QUERY_FIELDS = {
  'mcp-param-region': 'eu',
  'mcp-param-limit': '42',
  'mcp-param-zone': `=?base64?${Buffer.from('ü b').toString('base64')}?=`,
}

describe('header fields that say something else than the body', () => {
  test.each<[string, string, object, Headers, string]>([
    ['no revision', 'tools/list', {}, { 'mcp-protocol-version': undefined }, 'MCP-Protocol-Version'],
    ['another revision', 'tools/list', {}, { 'mcp-protocol-version': '2025-11-25' }, 'MCP-Protocol-Version'],
    ['no method', 'tools/call', ECHO, { 'mcp-method': undefined }, 'Mcp-Method'],
    ['another method', 'tools/call', ECHO, { 'mcp-method': 'tools/list' }, 'Mcp-Method'],
    ['the method in capitals', 'tools/list', {}, { 'mcp-method': 'TOOLS/LIST' }, 'Mcp-Method'],
    ['no name', 'tools/call', ECHO, { 'mcp-name': undefined }, 'Mcp-Name'],
    ['another name', 'tools/call', ECHO, { 'mcp-name': 'query' }, 'Mcp-Name'],
    ['another address', 'resources/read', { uri: 'note://a' }, { 'mcp-name': 'note://b' }, 'Mcp-Name'],
    ['another prompt', 'prompts/get', { name: 'greet' }, { 'mcp-name': 'other' }, 'Mcp-Name'],
    ['another task', 'tasks/get', { taskId: 't-1' }, { 'mcp-name': 't-2' }, 'Mcp-Name'],
    ['no Base64', 'tools/call', ECHO, { 'mcp-name': '=?base64?ZWNobw?=' }, 'Mcp-Name'],
    ['no UTF-8', 'tools/call', ECHO, { 'mcp-name': '=?base64?/w==?=' }, 'Mcp-Name'],
    [
      'no region',
      'tools/call',
      QUERY,
      { ...QUERY_FIELDS, 'mcp-param-region': undefined },
      'Mcp-Param-Region',
    ],
    [
      'another region',
      'tools/call',
      QUERY,
      { ...QUERY_FIELDS, 'mcp-param-region': 'us' },
      'Mcp-Param-Region',
    ],
    ['another limit', 'tools/call', QUERY, { ...QUERY_FIELDS, 'mcp-param-limit': '43' }, 'Mcp-Param-Limit'],
    ['another zone', 'tools/call', QUERY, { ...QUERY_FIELDS, 'mcp-param-zone': 'b' }, 'Mcp-Param-Zone'],
  ])(
    '%s of a %s is refused with -32020 and its id, recorded, and reaches nobody',
    async (_, method, params, headers, field) => {
      const before = upstream.calls.length
      const { status, body } = await send(method, params, headers)

      expect(status).toBe(400)
      expect(body).toMatchObject({
        id: sent,
        error: { code: -32_020, data: { mismatch: { header: field } } },
      })
      const { data } = await proxy.recorded(
        'sallyport.action.decided.v1',
        ({ requestId }) => requestId === String(sent),
      )
      expect(data).toMatchObject({ verdict: 'deny', rule: 'protocol', method, reasons: [body.error.message] })
      expect(upstream.calls.length).toBe(before)
    },
  )
})

describe('header fields that agree with the body', () => {
  test.each<[string, object, Headers]>([
    ['as they are', ECHO, {}],
    ['encoded without need', ECHO, { 'mcp-name': `=?base64?${Buffer.from('echo').toString('base64')}?=` }],
    ['of arguments', QUERY, QUERY_FIELDS],
    ['with a number in another form', QUERY, { ...QUERY_FIELDS, 'mcp-param-limit': '42.0' }],
    ['of arguments that are null or missing', { name: 'query', arguments: { region: null } }, {}],
  ])('are taken %s and written anew', async (_, params, headers) => {
    const { status, body } = await send('tools/call', params, headers)
    expect(status).toBe(200)
    expect(body.result).toMatchObject({ resultType: 'complete' })
    expect(body.id).toBe(sent)
  })

  test('are encoded where a header cannot carry them', async () => {
    const name = `=?base64?${Buffer.from('grüße').toString('base64')}?=`
    const { status } = await send('prompts/get', { name: 'grüße' }, { 'mcp-name': name })
    expect(status).toBe(200)
    expect(upstream.seen.at(-1)?.headers['mcp-name']).toBe(name)
  })

  test('and reach the upstream as the body has them, however they came', async () => {
    await send('tools/call', QUERY, { ...QUERY_FIELDS, 'mcp-param-limit': '42.0', 'mcp-param-other': 'x' })
    expect(upstream.seen.at(-1)?.headers).toMatchObject({
      'mcp-protocol-version': VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': 'query',
      'mcp-param-region': 'eu',
      'mcp-param-limit': '42',
      'mcp-param-zone': QUERY_FIELDS['mcp-param-zone'],
    })
    expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('mcp-param-other')
  })
})

describe('a request without what the revision requires', () => {
  const missing = (key: keyof typeof ENVELOPE) => {
    const { [key]: _, ...rest } = ENVELOPE
    return { _meta: rest }
  }

  test.each<[string, object, number]>([
    ['no _meta', {}, -32_602],
    ['no revision in it', missing('io.modelcontextprotocol/protocolVersion'), -32_602],
    ['no capabilities in it', missing('io.modelcontextprotocol/clientCapabilities'), -32_602],
    [
      'a revision that is a number',
      { _meta: { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': 5 } },
      -32_602,
    ],
    [
      'capabilities that are a list',
      { _meta: { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': [] } },
      -32_602,
    ],
  ])('%s gets 400 and %d', async (_, params, code) => {
    const before = upstream.seen.length
    const body = { jsonrpc: '2.0', id: 'a', method: 'server/discover', params }
    const { headers } = statelessRequest('server/discover')
    const response = await post(proxy, body, headers)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ id: 'a', error: { code } })
    expect(upstream.seen.length).toBe(before)
  })

  test('a revision to come gets 400, -32022 and what is spoken', async () => {
    const version = '2999-01-01'
    const params = { _meta: { ...ENVELOPE, 'io.modelcontextprotocol/protocolVersion': version } }
    const body = { jsonrpc: '2.0', id: 'a', method: 'server/discover', params }
    const response = await post(proxy, body, {
      ...statelessRequest('server/discover').headers,
      'mcp-protocol-version': version,
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      id: 'a',
      error: { code: -32_022, data: { supported: [VERSION], requested: version } },
    })
  })

  const CHANGED = { jsonrpc: '2.0', method: 'notifications/acme' }

  test('a notification needs no _meta: its header says what it is, and is passed on', async () => {
    const { headers } = statelessRequest('notifications/acme')
    expect((await post(proxy, CHANGED, headers)).status).toBe(202)
    expect(upstream.seen.at(-1)?.headers).toMatchObject({
      'mcp-protocol-version': VERSION,
      'mcp-method': 'notifications/acme',
    })
  })

  test('a notification under the name of another one is refused', async () => {
    const before = upstream.seen.length
    const { headers } = statelessRequest('notifications/other')
    const response = await post(proxy, CHANGED, headers)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ id: null, error: { code: -32_020 } })
    expect(upstream.seen.length).toBe(before)
  })

  test('a response is refused: no request waits for it', async () => {
    const response = await post(
      proxy,
      { jsonrpc: '2.0', id: 1, result: {} },
      { 'mcp-protocol-version': VERSION },
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: -32_600 } })
  })

  test.each(['GET', 'DELETE'])('a %s gets 405', async (method) => {
    const headers = { authorization: `Bearer ${proxy.token}`, 'mcp-protocol-version': VERSION }
    const response = await fetch(`${proxy.url}/mcp/files`, { method, headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })
})

test('a session id is not part of the revision and is ignored', async () => {
  expect((await send('tools/call', ECHO, { 'mcp-session-id': 'whatever' })).status).toBe(200)
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('mcp-session-id')
})

test('an older message keeps its own rules: a header that mirrors nothing is dropped', async () => {
  const before = upstream.seen.length
  const response = await post(
    proxy,
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: ECHO },
    { 'mcp-method': 'tools/list', 'mcp-name': 'harmless', 'mcp-protocol-version': '2025-11-25' },
  )
  // This upstream speaks the stateless revision only, and says so itself.
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_022 } })
  const { headers } = upstream.seen[before] ?? { headers: {} }
  expect(headers).not.toHaveProperty('mcp-method')
  expect(headers).not.toHaveProperty('mcp-name')
})
