import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { answerTo, json, resultOf, startRawUpstream } from '../../../testing/raw-upstream.ts'

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture

beforeEach(async () => {
  upstream = await startRawUpstream()
  proxy = await startProxy({
    config: { limits: { answerBytes: 4096 }, upstream: { headersMs: 600, idleMs: 600 } },
  })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

const CALL = toolCall('echo', { text: 'hello' })
const STREAM = { 'content-type': 'text/event-stream' }
const NOTE = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"now"}}'
const completed = () => proxy.recorded('sallyport.action.completed.v1')

function reader(response: Response) {
  const stream = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!stream) throw new Error('no body')
  return {
    /** The text of the next chunk as it arrived. */
    next: async () => (await stream.read()).value ?? '',
    rest: async () => {
      let text = ''
      for (let part = await stream.read(); !part.done; part = await stream.read()) text += part.value
      return text
    },
    cancel: () => stream.cancel(),
  }
}

describe('an event stream', () => {
  test('reaches the agent frame by frame, head first, in canonical form', async () => {
    const answer = post(proxy, CALL)
    const { request, response: upstreamResponse } = await upstream.next()
    upstreamResponse.writeHead(200, STREAM).flushHeaders()

    const response = await answer
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    const frames = reader(response)

    upstreamResponse.write(': still there\r\n\r\n')
    expect(await frames.next()).toBe(': still there\n\n')
    upstreamResponse.write(`id: 7\r\nretry: 900\r\ndata:${NOTE.replaceAll(',', ' ,')}\r\n\r\n`)
    expect(await frames.next()).toMatch(/^id: [\w-]{16}\.\.7\nretry: 900\ndata: \{.*\}\n\n$/)
    upstreamResponse.end(`event: message\ndata: ${resultOf(request.body, 'hello')}\n\n`)
    expect(await frames.rest()).toContain('"text":"hello"')
    expect((await completed()).data).toMatchObject({ outcome: 'ok', errorCode: null })
  })

  test('that breaks off is told to the agent as an error of its call', async () => {
    const answer = post(proxy, CALL)
    const { response: upstreamResponse } = await upstream.next()
    upstreamResponse.writeHead(200, STREAM)
    upstreamResponse.write(`data: ${NOTE}\n\n`)
    const frames = reader(await answer)
    await frames.next()

    upstreamResponse.destroy()

    expect(await frames.rest()).toContain('SP_UPSTREAM_RESET')
    expect((await completed()).data).toMatchObject({
      outcome: 'upstream_error',
      errorCode: 'SP_UPSTREAM_RESET',
    })
  })

  test('that ends without the response is told to the agent as an error', async () => {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    response.writeHead(200, STREAM).end(`data: ${NOTE}\n\n`)
    expect(await (await answer).text()).toContain('SP_UPSTREAM_UNANSWERED')
  })

  test('with a frame that can be read in two ways ends there', async () => {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    response
      .writeHead(200, STREAM)
      .write('data: {"jsonrpc":"2.0","id":1,"result":{},"result":{"content":[]}}\n\n')

    const text = await (await answer).text()

    expect(text).toContain('SP_UPSTREAM_ANSWER_INVALID')
    expect(text).not.toContain('"content"')
  })

  test('whose reader went away is aborted at the upstream and recorded', async () => {
    const answer = post(proxy, CALL)
    const { response: upstreamResponse } = await upstream.next()
    const closed = new Promise((resolve) => upstreamResponse.on('close', resolve))
    upstreamResponse.writeHead(200, STREAM)
    upstreamResponse.write(`data: ${NOTE}\n\n`)
    const frames = reader(await answer)
    await frames.next()

    await frames.cancel()

    await closed
    const { data } = await proxy.recorded('sallyport.action.aborted.v1')
    expect(data).toMatchObject({ stage: 'forwarding', reason: 'the agent went away' })
  })

  test('read slowly holds the upstream back', async () => {
    const answer = post(proxy, CALL)
    const { request, response: upstreamResponse } = await upstream.next()
    upstreamResponse.writeHead(200, STREAM).flushHeaders()
    const frame = `data: ${NOTE.replace('now', 'x'.repeat(3000))}\n\n`
    const response = await answer
    let sent = 0
    while (upstreamResponse.write(frame) || sent < 1000) sent++
    const drained = new Promise((resolve) => upstreamResponse.on('drain', resolve))
    expect(upstreamResponse.writableNeedDrain).toBe(true)

    const text = reader(response).rest()
    await drained
    upstreamResponse.end(`data: ${resultOf(request.body, 'hello')}\n\n`)

    expect((await text).match(/notifications\/message/g)).toHaveLength(sent + 1)
  })
})

describe('an upstream that fails', () => {
  test.each([
    [
      'is told as a fault when it redirects',
      302,
      { location: 'https://elsewhere.example' },
      '',
      'SP_UPSTREAM_REDIRECTED',
    ],
    [
      'is told as a fault when it answers a page',
      200,
      { 'content-type': 'text/html' },
      '<p>',
      'SP_UPSTREAM_ANSWER_INVALID',
    ],
    [
      'is told as a fault when it answers another request',
      200,
      { 'content-type': 'application/json' },
      '{"jsonrpc":"2.0","id":99,"result":{}}',
      'SP_UPSTREAM_ANSWER_INVALID',
    ],
    [
      'is told as a fault when its answer is too large',
      200,
      { 'content-type': 'application/json' },
      `{"jsonrpc":"2.0","id":1,"result":{"x":"${'x'.repeat(5000)}"}}`,
      'SP_UPSTREAM_ANSWER_TOO_LARGE',
    ],
  ])('%s', async (_, status, headers, body, code) => {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    response.writeHead(status, headers).end(body)

    const agentSees = await answer
    expect(agentSees.status).toBe(200)
    expect(await agentSees.json()).toMatchObject({ id: 1, error: { code: -31_003, data: { code } } })
    expect((await completed()).data).toMatchObject({ outcome: 'upstream_error', errorCode: code })
  })

  test('passes its own refusal on, as canonical text', async () => {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    const body =
      ' {"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Unsupported protocol version"}}'
    json(response, body, 400)

    const agentSees = await answer
    expect(agentSees.status).toBe(400)
    expect(await agentSees.text()).toBe(body.trim())
    expect((await completed()).data).toMatchObject({ outcome: 'upstream_error', httpStatus: 400 })
  })

  test.each([
    [405, '', { allow: 'POST' }, { allow: 'POST' }],
    [503, '{"error":1}', { 'retry-after': '30' }, { 'retry-after': '30' }],
    [503, '<p>', { 'retry-after': 'soon', 'set-cookie': 'a=b' }, {}],
  ])(
    'says by %i what to send instead and when to come back, and nothing else',
    async (status, body, sent, advice) => {
      const answer = post(proxy, CALL)
      const { response } = await upstream.next()
      response.writeHead(status, { 'content-type': 'application/json', ...sent }).end(body)

      const agentSees = await answer
      expect(agentSees.status).toBe(status)
      const told = ['allow', 'retry-after', 'set-cookie'].filter((name) => agentSees.headers.has(name))
      expect(Object.fromEntries(told.map((name) => [name, agentSees.headers.get(name)]))).toEqual(advice)
    },
  )

  test.each([
    ['a page', 'text/html', '<script>alert(1)</script>'],
    ['JSON that can be read in two ways', 'application/json', '{"error":1,"error":2}'],
  ])('gets its status through and not its body when that is %s', async (_, type, body) => {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    response.writeHead(403, { 'content-type': type }).end(body)

    const agentSees = await answer
    expect(agentSees.status).toBe(403)
    expect(agentSees.headers.get('content-type')).toBe('application/json')
    expect(await agentSees.json()).toMatchObject({ id: 1, error: { data: { code: 'SP_UPSTREAM_STATUS' } } })
  })

  test.each([200, 400])('with status %i and two Content-Types is told as a fault', async (status) => {
    const answer = post(proxy, CALL)
    const { request, response } = await upstream.next()
    response.writeHead(status, [
      ['Content-Type', 'application/json'],
      ['Content-Type', 'text/event-stream'],
    ] as unknown as string[])
    response.end(resultOf(request.body, 'hello'))

    const code = status === 200 ? 'SP_UPSTREAM_ANSWER_INVALID' : 'SP_UPSTREAM_STATUS'
    expect(await (await answer).json()).toMatchObject({ id: 1, error: { data: { code } } })
  })

  test('does not keep a notification waiting by an answer without an end', async () => {
    const answer = post(proxy, { jsonrpc: '2.0', method: 'notifications/initialized' })
    const { response } = await upstream.next()
    response.writeHead(200, STREAM).write('x'.repeat(5000))

    expect((await answer).status).toBe(502)
    expect((await completed()).data).toMatchObject({ errorCode: 'SP_UPSTREAM_ANSWER_TOO_LARGE' })
  })

  test('is a timeout when it does not begin to answer', async () => {
    const answer = post(proxy, CALL)
    await upstream.next()

    expect(await (await answer).json()).toMatchObject({ error: { data: { code: 'SP_UPSTREAM_TIMEOUT' } } })
    expect((await completed()).data).toMatchObject({ outcome: 'timeout', errorCode: 'SP_UPSTREAM_TIMEOUT' })
  })

  test('is unreachable when nobody listens', async () => {
    await upstream.stop()

    const answer = await post(proxy, CALL)

    expect(await answer.json()).toMatchObject({ error: { data: { code: 'SP_UPSTREAM_UNREACHABLE' } } })
    upstream = await startRawUpstream()
  })
})

test('of ids that come one after the other, only the last one is told', async () => {
  const answer = post(proxy, CALL)
  const { request, response } = await upstream.next()
  response.writeHead(200, STREAM)
  response.end(`id: 1\n\nid: 2\n\nid: 3\n\ndata: ${resultOf(request.body, 'hello')}\n\n`)
  const text = await (await answer).text()
  expect(text.match(/^id: /gm)).toHaveLength(1)
  expect(text).toMatch(/^id: \S+\.3\n\n/)
  expect(text).toContain('hello')
})

test('a redirect says where it points, without what may be secret of it', async () => {
  const answer = post(proxy, CALL)
  const { response } = await upstream.next()
  response.writeHead(307, { location: 'https://user:secret@elsewhere.example/mcp/?token=secret#x' }).end()
  const { error } = (await (await answer).json()) as { error: { message: string } }
  expect(error.message).toBe(
    'the upstream redirects (307) to https://elsewhere.example/mcp/, which is not followed: if that is its address, register it',
  )
})

test.each([
  ['/mcp/', (url: string) => `${url}/`],
  ['//elsewhere.example', () => 'http://elsewhere.example/'],
  ['javascript:alert(1)', () => 'nowhere'],
  [undefined, () => 'nowhere'],
])('a redirect to %s is told as an address', async (location, expected) => {
  const answer = post(proxy, CALL)
  const { response } = await upstream.next()
  response.writeHead(308, location === undefined ? {} : { location }).end()
  expect(JSON.stringify(await (await answer).json())).toContain(
    `redirects (308) to ${expected(upstream.url)}, `,
  )
})

test.each([
  ['as JSON', 'application/json', (data: string) => data],
  ['as an event', 'text/event-stream', (data: string) => `data: ${data}\n\n`],
])('an error without an id ends the call whose answer it is, %s', async (_, type, framed) => {
  for (const id of ['"id":null,', '']) {
    const answer = post(proxy, CALL)
    const { response } = await upstream.next()
    response.writeHead(200, { 'content-type': type })
    response.end(framed(`{"jsonrpc":"2.0",${id}"error":{"code":-32600,"message":"no"}}`))
    const text = await (await answer).text()
    expect(text).toMatch(/"id":1[,}]/)
    expect(text).toContain('"message":"no"')
  }
})

test('a second answer on a stream is dropped and recorded', async () => {
  const answer = post(proxy, CALL)
  const { request, response } = await upstream.next()
  response.writeHead(200, STREAM)
  response.end(`data: ${resultOf(request.body, 'first')}\n\ndata: ${resultOf(request.body, 'second')}\n\n`)
  const text = await (await answer).text()
  expect(text).toContain('first')
  expect(text).not.toContain('second')
  const { data } = await proxy.recorded('sallyport.message.dropped.v1')
  expect(data).toMatchObject({ upstream: 'files', reason: 'answered', rule: null, messages: 1 })
})

test.each([
  ['a mark before it', (text: string) => `\ufeff${text}`],
  ['an error that is null', (text: string) => text.replace('{', '{"error":null,')],
])('a JSON answer with %s is read without it', async (_, odd) => {
  const answer = post(proxy, CALL)
  const { request, response } = await upstream.next()
  json(response, odd(resultOf(request.body, 'hello')))
  expect(await (await answer).json()).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: { content: [{ type: 'text', text: 'hello' }] },
  })
})

test('keys that a parser may take for a prototype are data in an answer', async () => {
  const answer = post(proxy, CALL)
  const { request, response } = await upstream.next()
  const odd = '{"__proto__":{"a":1},"constructor":{"prototype":2}}'
  json(response, resultOf(request.body, 'hello').replace('"content"', `"structuredContent":${odd},"content"`))
  expect(await (await answer).text()).toContain(`"structuredContent":${odd}`)
})

test.each([
  ['half a surrogate pair', '{"a":["\\ud800"]}', 'lone-surrogate', '/result/a/0'],
  ['a key that comes twice', '{"a":{"b":1,"b":2}}', 'duplicate-key', '/result/a/b'],
  ['a number that no double holds', '{"n":1e999}', 'number-range', '/result/n'],
])(
  'an answer with %s is refused with its rule and its place, and its outcome is unknown',
  async (_, result, rule, place) => {
    const answer = post(proxy, CALL)
    const { request, response } = await upstream.next()
    json(response, answerTo(request, { result: 0 }).replace('"result":0', `"result":${result}`))
    const { error } = (await (await answer).json()) as { error: { message: string; data: object } }
    expect(error.data).toMatchObject({ code: 'SP_UPSTREAM_ANSWER_INVALID', rule, place, outcome: 'unknown' })
    expect(error.message).toContain(place)
    expect(error.message).toContain('outcome unknown')
    expect(error.message).not.toContain('reached')
  },
)

test('an error result of a tool and an error of JSON-RPC are told apart in the record', async () => {
  const first = post(proxy, CALL)
  const one = await upstream.next()
  json(one.response, answerTo(one.request, { result: { content: [], isError: true } }))
  await first
  const second = post(proxy, CALL)
  const two = await upstream.next()
  json(two.response, answerTo(two.request, { error: { code: -32_602, message: 'no' } }))
  await second

  await proxy.recorded('sallyport.action.completed.v1', ({ outcome }) => outcome === 'tool_error')
  await proxy.recorded('sallyport.action.completed.v1', ({ errorCode }) => errorCode === -32_602)
})
