import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../../testing/agent.ts'
import { startMcpUpstream } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../../../testing/raw-upstream.ts'

let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  upstream = await startMcpUpstream()
  proxy = await startProxy({ config: { json: { batch: 4 } } })
  proxy.control.addUpstream('files', upstream.url)
  for (const tool of ['echo', 'fail']) proxy.decision.outcomes.set(`mcp.tools.${tool}`, 'allow')
  proxy.decision.outcomes.set('mcp.tools.create_issue', 'hold')
})
afterAll(async () => {
  await proxy.stop()
  await upstream.stop()
})
beforeEach(() => {
  upstream.seen.length = 0
  upstream.calls.length = 0
})

/** The session id of a handshake at this revision. */
async function handshake(revision: string): Promise<string> {
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'old', version: '1' } }
  const response = await post(proxy, { jsonrpc: '2.0', id: 0, method: 'initialize', params })
  await response.text()
  upstream.seen.length = 0
  return response.headers.get('mcp-session-id') ?? ''
}

async function postIn(session: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await post(proxy, body, { 'mcp-session-id': session, ...headers })
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const messages = type.startsWith('text/event-stream')
    ? [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
    : text === ''
      ? []
      : JSON.parse(text)
  return { status: response.status, messages }
}

const decided = (tool: string, text: string) =>
  proxy.recorded(
    'sallyport.action.decided.v1',
    (data) => data.tool === tool && JSON.stringify(data.arguments).includes(text),
  )

describe('a batch in a session of 2025-03-26', () => {
  test('is judged, recorded, forwarded and answered call by call', async () => {
    const session = await handshake('2025-03-26')
    const { status, messages } = await postIn(session, [
      toolCall('echo', { text: 'b1' }, 1),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      toolCall('echo', { text: 'b2' }, 'two'),
      toolCall('fail', {}, 3),
    ])
    expect(status).toBe(200)
    expect(messages).toHaveLength(3)
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 1, result: { content: [{ type: 'text', text: 'b1' }] } }),
        expect.objectContaining({ id: 'two', result: { content: [{ type: 'text', text: 'b2' }] } }),
        expect.objectContaining({ id: 3, result: expect.objectContaining({ isError: true }) }),
      ]),
    )
    expect(upstream.calls.sort()).toEqual(['echo b1', 'echo b2'])
    expect(upstream.seen.every(({ body }) => body.startsWith('{'))).toBe(true)
    for (const text of ['b1', 'b2']) {
      const { data } = await decided('echo', text)
      expect(data.verdict).toBe('allow')
      const ended = await proxy.recorded(
        'sallyport.action.completed.v1',
        ({ actionId }) => actionId === data.actionId,
      )
      expect(ended.data.outcome).toBe('ok')
    }
  })

  test.each([
    ['denied', 'delete_all', 'no permission', 'means deny'],
    ['to be held', 'create_issue', 'permission mcp.tools.create_issue', 'cannot wait for one'],
  ])('with one call that is %s is refused as a whole', async (what, tool, rule, reason) => {
    const session = await handshake('2025-03-26')
    const { messages } = await postIn(session, [
      toolCall('echo', { text: `beside ${what}` }, 1),
      toolCall(tool, { title: `in a batch, ${what}` }, 2),
    ])
    expect(messages.map(({ id, result }: { id: unknown; result: unknown }) => [id, result])).toEqual([
      [1, expect.objectContaining({ isError: true })],
      [2, expect.objectContaining({ isError: true })],
    ])
    expect(upstream.seen).toEqual([])
    expect((await decided(tool, what)).data).toMatchObject({ verdict: 'deny', rule })
    expect((await decided(tool, what)).data.reasons.join()).toContain(reason)
    expect((await decided('echo', what)).data).toMatchObject({ verdict: 'deny', rule: 'batch' })
  })

  test('that asks nothing is acknowledged', async () => {
    const session = await handshake('2025-03-26')
    const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' }
    expect(await postIn(session, [initialized, initialized])).toEqual({ status: 202, messages: [] })
    expect(upstream.seen).toHaveLength(2)
  })

  test('with an answer to nothing that was asked refuses all', async () => {
    const session = await handshake('2025-03-26')
    const { messages } = await postIn(session, [
      toolCall('echo', { text: 'beside an answer' }, 1),
      { jsonrpc: '2.0', id: 77, result: {} },
    ])
    expect(messages).toEqual([expect.objectContaining({ id: 1 })])
    expect((await decided('echo', 'beside an answer')).data).toMatchObject({ verdict: 'deny', rule: 'batch' })
    expect(upstream.seen).toEqual([])
  })

  test.each([
    ['an empty one', [], 'at least one'],
    ['one with a handshake', [{ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }], 'never part'],
    ['one inside another', [[toolCall('echo', { text: 'nested' })]], 'is an object'],
    ['one with something else in it', [toolCall('echo', { text: 'x' }), 7], 'is an object'],
    ['one that is too long', Array(5).fill({ jsonrpc: '2.0', method: 'x' }), 'more than 4 messages'],
    ['one with a key twice', '[{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}]', 'twice'],
  ])('is refused unread: %s', async (_, body, reason) => {
    const session = await handshake('2025-03-26')
    const { status, messages } = await postIn(session, body)
    expect(status).toBe(400)
    expect(messages.error.message).toContain(reason)
    await proxy.recorded('sallyport.action.decided.v1', ({ reasons }) => reasons.join().includes(reason))
    expect(upstream.seen).toEqual([])
  })
})

test.each([
  ['2025-06-18', {}],
  ['2024-11-05', {}],
  ['2025-11-25', { 'mcp-protocol-version': '2025-03-26' }],
  ['2025-03-26', { 'mcp-protocol-version': '2025-06-18' }],
])('a batch in a session of %s with headers %j is refused', async (revision, headers) => {
  const session = await handshake(revision)
  const { status, messages } = await postIn(session, [toolCall('echo', { text: 'smuggled' })], headers)
  expect(status).toBe(400)
  expect(messages.error.data.code).toBe('SP_JSONRPC_BATCH')
  expect(upstream.seen).toEqual([])
})

test('what an upstream fails in a batch is an error for that call alone, in a list', async () => {
  const raw = await startRawUpstream()
  const own = await startProxy()
  own.control.addUpstream('files', raw.url)
  own.decision.outcomes.set('mcp.tools.echo', 'allow')
  const answer = post(own, [toolCall('echo', {}, 1), toolCall('echo', {}, 2), toolCall('echo', {}, 3)], {
    'mcp-protocol-version': '2025-03-26',
  })
  for (const fail of [false, true, false]) {
    const { request, response } = await raw.next()
    if (fail) json(response, '{"what":"ever"}', 500)
    else json(response, resultOf(request.body, 'hello'))
  }
  const messages = (await (await answer).json()) as { id: number; result?: unknown; error?: unknown }[]
  expect(messages.map(({ id }) => id).sort()).toEqual([1, 2, 3])
  expect(messages.filter(({ error }) => error !== undefined)).toEqual([
    expect.objectContaining({
      error: expect.objectContaining({ data: expect.objectContaining({ code: 'SP_UPSTREAM_STATUS' }) }),
    }),
  ])
  await own.stop()
  await raw.stop()
})

describe('several messages in one event of an upstream', () => {
  const events = async (revision: string) => {
    const raw = await startRawUpstream()
    const own = await startProxy()
    own.control.addUpstream('files', raw.url)
    own.decision.outcomes.set('mcp.tools.echo', 'allow')
    const answer = post(own, toolCall('echo', {}, 7), { 'mcp-protocol-version': revision })
    const { request, response } = await raw.next()
    const notice = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1.0}}'
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: [${notice},${resultOf(request.body, 'hello')}]\n\n`)
    const text = await (await answer).text()
    await own.stop()
    await raw.stop()
    return [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => data ?? '')
  }

  test('reach the agent one by one at 2025-03-26', async () => {
    const [notice = '', result = '', ...more] = await events('2025-03-26')
    expect(notice).toContain('"data":1.0')
    expect(JSON.parse(result)).toMatchObject({ id: 7, result: { content: [{ text: 'hello' }] } })
    expect(more).toEqual([])
  })

  test('are not an answer at any other revision', async () => {
    const [only = '', ...more] = await events('2025-06-18')
    expect(JSON.parse(only)).toMatchObject({ id: 7, error: { data: { code: 'SP_UPSTREAM_ANSWER_INVALID' } } })
    expect(more).toEqual([])
  })
})
