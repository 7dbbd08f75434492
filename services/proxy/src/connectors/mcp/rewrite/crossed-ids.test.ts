import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import {
  answerTo,
  json,
  type RawExchange,
  resultOf,
  startRawUpstream,
} from '../../../testing/raw-upstream.ts'
import { statelessRequest } from '../../../testing/stateless-agent.ts'

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

const EVENTS = { 'content-type': 'text/event-stream' }
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}
let sessions = 0

/** Opens a new session and gives the header that names it. */
async function openSession(at: Pick<ProxyFixture, 'url' | 'token'> = proxy): Promise<Record<string, string>> {
  const answer = post(at, INITIALIZE)
  const { request, response } = await upstream.next()
  response.setHeader('mcp-session-id', `session-${++sessions}`)
  json(response, answerTo(request, { result: { protocolVersion: '2025-11-25', capabilities: {} } }))
  return { 'mcp-session-id': (await answer).headers.get('mcp-session-id') ?? '' }
}

function getStream(headers: Record<string, string>): Promise<Response> {
  const authorization = `Bearer ${proxy.token}`
  return fetch(`${proxy.url}/mcp/files`, {
    headers: { authorization, accept: 'text/event-stream', ...headers },
  })
}

async function frame(response: Response): Promise<{ id: string | number; params: Record<string, unknown> }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const { value } = (await reader?.read()) ?? {}
  return JSON.parse(/^data: (.*)$/m.exec(value ?? '')?.[1] ?? 'null')
}

test('hundreds of calls with the same few ids, answered in any order, each get their own answer', async () => {
  const headers = await Promise.all(Array.from({ length: 4 }, () => openSession()))
  const calls = Array.from({ length: 400 }, (_, n) => {
    const id = [0, 1, '1', '', 'é"\\', Number.MAX_SAFE_INTEGER, -1][n % 7] as string | number
    return { id, text: `call ${n}`, headers: headers[n % 4] ?? {} }
  })
  const answers = calls.map(async ({ id, text, headers }) => {
    const response = await post(proxy, toolCall('echo', { text }, id), headers)
    return (await response.text()).replace(/^data: /m, '')
  })

  const arrived: RawExchange[] = []
  while (arrived.length < calls.length) arrived.push(await upstream.next())
  for (const { request, response } of arrived.toSorted(() => Math.random() - 0.5)) {
    const { params } = JSON.parse(request.body)
    const body = resultOf(request.body, params.arguments.text)
    if (Math.random() < 0.5) json(response, body)
    else response.writeHead(200, EVENTS).end(`data: ${body}\n\n`)
  }

  const ids = arrived.map(({ request }) => JSON.parse(request.body).id)
  expect(new Set(ids).size).toBe(calls.length)
  for (const [n, text] of (await Promise.all(answers)).entries()) {
    expect(JSON.parse(text)).toEqual({
      jsonrpc: '2.0',
      id: calls[n]?.id,
      result: { content: [{ type: 'text', text: calls[n]?.text }] },
    })
  }
})

describe('a response on the stream of a session', () => {
  test('to a call whose connection broke reaches the client under the id it used', async () => {
    const session = await openSession()
    const abort = new AbortController()
    const lost = post(proxy, toolCall('echo', { text: 'a' }, 7), session, abort.signal).catch(() => 'lost')
    const call = await upstream.next()
    call.response.writeHead(200, EVENTS).write('id: 1\ndata:\n\n')
    await ((await lost) as Response).body?.getReader().read()
    abort.abort()

    const resumed = getStream(session)
    const stream = await upstream.next()
    stream.response.writeHead(200, EVENTS).write(`data: ${resultOf(call.request.body, 'late')}\n\n`)

    expect(await frame(await resumed)).toMatchObject({ id: 7, result: { content: [{ text: 'late' }] } })
  })

  test.each([
    ['with the id of the call', 7],
    ['with an id made up', 'abcdefghijklmnop.x.n7'],
  ])('that nothing asked for, %s, does not reach the client', async (_, id) => {
    const session = await openSession()
    const answer = getStream(session)
    const { response } = await upstream.next()
    response
      .writeHead(200, EVENTS)
      .write(`data: {"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{}}\n\n`)

    expect(await (await answer).text()).not.toContain('result')
    const { data } = await proxy.recorded(
      'sallyport.action.completed.v1',
      ({ action }) => action === 'mcp.rpc.stream_open',
    )
    expect(data).toMatchObject({ errorCode: 'SP_UPSTREAM_ANSWER_INVALID' })
  })

  test('to a call of another session does not reach this one', async () => {
    const [mine, other] = [await openSession(), await openSession()]
    void post(proxy, toolCall('echo', { text: 'a' }, 7), other).catch(() => {})
    const call = await upstream.next()
    const answer = getStream(mine)
    const { response } = await upstream.next()
    response.writeHead(200, EVENTS).write(`data: ${resultOf(call.request.body, 'secret')}\n\n`)

    expect(await (await answer).text()).not.toContain('secret')
    call.response.end()
  })
})

describe('a second answer to one request', () => {
  const second = (body: string) => `data: ${resultOf(body, 'second')}\n\ndata: ${NEWS}\n\n`
  const NEWS = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
  const dropped = () => proxy.recorded('sallyport.message.dropped.v1')

  test.each([
    ['as JSON', (call: RawExchange) => json(call.response, resultOf(call.request.body, 'first'))],
    [
      'on a stream',
      ({ request, response }: RawExchange) =>
        response.writeHead(200, EVENTS).end(`data: ${resultOf(request.body, 'first')}\n\n`),
    ],
    ['with an error of HTTP', ({ response }: RawExchange) => response.writeHead(500).end()],
    ['in a way that cannot be read', ({ response }: RawExchange) => json(response, '{"jsonrpc":"2.0"}')],
  ])('that was answered %s is dropped on the stream of its session, and recorded', async (_, answer) => {
    const session = await openSession()
    const called = post(proxy, toolCall('echo', { text: 'a' }, 7), session)
    const call = await upstream.next()
    answer(call)
    await (await called).text()

    const listening = getStream(session)
    const { response } = await upstream.next()
    response.writeHead(200, EVENTS).end(second(call.request.body))

    const heard = await (await listening).text()
    expect(heard).toContain('list_changed')
    expect(heard).not.toContain('second')
    expect((await dropped()).data).toMatchObject({ upstream: 'files', reason: 'answered' })
  })

  test.each([
    ['as JSON', (call: RawExchange) => json(call.response, resultOf(call.request.body, 'second'))],
    [
      'on a stream',
      ({ request, response }: RawExchange) => response.writeHead(200, EVENTS).end(second(request.body)),
    ],
  ])('that was answered on the stream of its session is dropped %s', async (_, answer) => {
    const session = await openSession()
    const listening = getStream(session)
    const { response } = await upstream.next()
    const called = post(proxy, toolCall('echo', { text: 'a' }, 7), session)
    const call = await upstream.next()
    response.writeHead(200, EVENTS).write(`data: ${resultOf(call.request.body, 'first')}\n\n`)
    expect(await frame(await listening)).toMatchObject({ id: 7, result: { content: [{ text: 'first' }] } })
    answer(call)

    expect(await (await called).text()).not.toMatch(/second|error/)
    expect((await dropped()).data).toMatchObject({ reason: 'answered' })
    response.end()
  })

  test('is given once more to a client that goes on behind an event: it may not have read it', async () => {
    const session = await openSession()
    const called = post(proxy, toolCall('echo', { text: 'a' }, 7), session)
    const call = await upstream.next()
    const first = resultOf(call.request.body, 'first')
    call.response.writeHead(200, EVENTS).end(`id: 1\ndata:\n\nid: 2\ndata: ${first}\n\n`)
    const [told = ''] = [...(await (await called).text()).matchAll(/^id: (.*)$/gm)].map(([, id]) => id)

    const resumed = getStream({ ...session, 'last-event-id': told })
    const { response } = await upstream.next()
    response.writeHead(200, EVENTS).write(`id: 2\ndata: ${first}\n\n`)

    expect(await frame(await resumed)).toMatchObject({ id: 7 })
    response.end()
  })

  test('of the stateless revision comes on its own stream alone', async () => {
    proxy.decision.fallback = 'allow'
    const { body, headers } = statelessRequest('prompts/get', { name: 'a' }, 7)
    const called = post(proxy, body, headers)
    const call = await upstream.next()
    const other = statelessRequest('prompts/get', { name: 'b' }, 8)
    const crossed = post(proxy, other.body, other.headers)
    const { request, response } = await upstream.next()
    const stateless = (of: string, said: string) =>
      answerTo({ body: of } as RawExchange['request'], {
        result: { resultType: 'complete', content: [], said },
      })
    response
      .writeHead(200, EVENTS)
      .end(`data: ${stateless(call.request.body, 'crossed')}\n\ndata: ${stateless(request.body, 'own')}\n\n`)

    const heard = await (await crossed).text()
    expect(heard).toContain('own')
    expect(heard).not.toContain('crossed')
    expect((await dropped()).data).toMatchObject({ reason: 'unasked' })
    json(call.response, stateless(call.request.body, 'mine'))
    expect(await (await called).text()).toContain('mine')
  })
})

describe('a request of the server', () => {
  const ASK = '{"jsonrpc":"2.0","id":3,"method":"roots/list"}'

  test('is answered to the server under its own id', async () => {
    const session = await openSession()
    const answer = getStream(session)
    const { response } = await upstream.next()
    response.writeHead(200, EVENTS).write(`data: ${ASK}\n\n`)
    const asked = await frame(await answer)
    expect(asked.id).not.toBe(3)

    void post(proxy, { jsonrpc: '2.0', id: asked.id, result: { roots: [] } }, session)

    const back = await upstream.next()
    expect(back.request.body).toBe('{"jsonrpc":"2.0","id":3,"result":{"roots":[]}}')
    back.response.writeHead(202).end()
  })

  test('is taken back under the id that the client was told', async () => {
    const session = await openSession()
    const answer = getStream(session)
    const { response } = await upstream.next()
    const taken = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}'
    response.writeHead(200, EVENTS).write(`data: ${ASK}\n\ndata: ${taken}\n\n`)

    const text = new TextDecoder().decode((await (await answer).body?.getReader().read())?.value)
    const [asked, cancelled] = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''))
    expect(cancelled.params.requestId).toBe(asked.id)
  })

  test.each([
    ['that was never made', () => 3],
    ['of another session', (asked: string | number) => asked],
  ])('%s cannot be answered, which is recorded', async (_, idOf) => {
    const [mine, other] = [await openSession(), await openSession()]
    const answer = getStream(other)
    const stream = await upstream.next()
    stream.response.writeHead(200, EVENTS).write(`data: ${ASK}\n\n`)
    const asked = await frame(await answer)
    const before = upstream.seen.length

    const response = await post(proxy, { jsonrpc: '2.0', id: idOf(asked.id), result: {} }, mine)

    expect(response.status).toBe(202)
    expect(upstream.seen.length).toBe(before)
    const { data } = await proxy.recorded(
      'sallyport.action.decided.v1',
      ({ action }) => action === 'mcp.rpc.response',
    )
    expect(data).toMatchObject({ verdict: 'deny', rule: 'session' })
    stream.response.end()
  })
})

describe('a cancellation', () => {
  const cancel = (requestId: string | number) => ({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId, reason: 'enough' },
  })

  test('names the call as the upstream knows it', async () => {
    const session = await openSession()
    void post(proxy, toolCall('echo', { text: 'a' }, 0), session)
    const call = await upstream.next()

    void post(proxy, cancel(0), session)

    const { request, response } = await upstream.next()
    response.writeHead(202).end()
    const { id } = JSON.parse(call.request.body)
    expect(JSON.parse(request.body).params).toEqual({ requestId: id, reason: 'enough' })
    json(call.response, resultOf(call.request.body, 'a'))
  })

  test('of a call of another session, or with the id as another type, reaches nobody', async () => {
    const [mine, other] = [await openSession(), await openSession()]
    void post(proxy, toolCall('echo', { text: 'a' }, 1), other)
    const call = await upstream.next()
    const before = upstream.seen.length

    expect((await post(proxy, cancel(1), mine)).status).toBe(202)
    expect((await post(proxy, cancel('1'), other)).status).toBe(202)

    expect(upstream.seen.length).toBe(before)
    json(call.response, resultOf(call.request.body, 'a'))
  })

  test('that comes to another proxy of the fleet reaches the call', async () => {
    const { control, decision, signals, log, approvals, token } = proxy
    const sibling = await startProxy({ secret, control, decision, signals, log, approvals, token })
    const session = await openSession()
    void post(proxy, toolCall('echo', { text: 'a' }, 0), session)
    const call = await upstream.next()

    expect((await post(sibling, cancel(0), session)).status).toBe(202)

    const { request, response } = await upstream.next()
    response.writeHead(202).end()
    expect(JSON.parse(request.body)).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: JSON.parse(call.request.body).id },
    })
    json(call.response, resultOf(call.request.body, 'a'))
    await sibling.stop()
  })

  test('that comes to another proxy of the fleet ends the wait of a held call', async () => {
    const { control, decision, signals, log, approvals, token } = proxy
    const sibling = await startProxy({ secret, control, decision, signals, log, approvals, token })
    proxy.decision.outcomes.set('mcp.tools.echo', 'hold')
    const session = await openSession()
    const pending = proxy.approvals.next()
    const held = post(proxy, toolCall('echo', { text: 'a' }, 0), session)
    await pending

    await post(sibling, cancel(0), session)

    expect(await (await held).text()).toContain('The request was cancelled.')
    await sibling.stop()
  })
})
