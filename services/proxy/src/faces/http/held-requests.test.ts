import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import { type ApiRequest, startApiUpstream } from '../../testing/api-upstream.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const echo = ({ incoming, response }: ApiRequest) => {
  response.writeHead(200)
  incoming.pipe(response)
}

async function world(config: FixtureOptions['config'] = {}) {
  const upstream = await startApiUpstream(echo)
  stops.push(() => upstream.stop())
  const proxy = await startProxy({ config })
  stops.push(() => proxy.stop())
  proxy.control.addUpstream('api', upstream.url, null, 'http')
  proxy.decision.fallback = 'hold'
  return { upstream, proxy }
}

interface Asked {
  readonly path?: string
  readonly body?: string
  readonly prefer?: string
  readonly type?: string
}

function post(proxy: ProxyFixture, { path = '/jobs', body = '{"a":1}', prefer, type }: Asked = {}) {
  return fetch(`${proxy.url}/http/api${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${proxy.token}`,
      'content-type': type ?? 'application/json',
      ...(prefer === undefined ? {} : { prefer }),
    },
    body,
  })
}

test('a held request is answered at once: where it is approved, and when to ask again', async () => {
  const { proxy, upstream } = await world({ hold: { approvalUrl: 'https://console.test/approvals/{id}' } })
  const response = await post(proxy)
  expect(response.status).toBe(202)
  const [approval] = proxy.approvals.all()
  const id = approval?.approvalId ?? ''
  expect(Object.fromEntries(response.headers)).toMatchObject({
    location: `https://console.test/approvals/${id}`,
    'retry-after': '5',
    'sallyport-approval': id,
  })
  expect(await response.json()).toMatchObject({
    outcome: 'pending',
    approvalId: id,
    approvalUrl: `https://console.test/approvals/${id}`,
  })
  expect(upstream.seen).toHaveLength(0)
  const aborted = await proxy.recorded('sallyport.action.aborted.v1')
  expect(aborted.data).toMatchObject({ stage: 'held', approvalId: id })
})

test('the same request attaches to its approval, and is carried out once after it was approved', async () => {
  const { proxy, upstream } = await world()
  await post(proxy)
  expect((await post(proxy)).status).toBe(202)
  expect(proxy.approvals.all()).toHaveLength(1)
  proxy.approvals.vote(proxy.approvals.all()[0]?.approvalId ?? '', 'approve', 'dana')
  const response = await post(proxy)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('{"a":1}')
  expect((await post(proxy)).status).toBe(202)
  expect(proxy.approvals.all()).toHaveLength(2)
  expect(upstream.seen).toHaveLength(1)
  const decided = await proxy.recorded('sallyport.action.decided.v1', ({ phase }) => phase === 'resumed')
  expect(decided.data).toMatchObject({ verdict: 'allow', answeredBy: 'dana' })
})

test('another request has an approval of its own', async () => {
  const { proxy } = await world()
  await post(proxy)
  for (const other of [{ body: '{"a":2}' }, { path: '/others' }, { path: '/jobs?x=1' }])
    await post(proxy, other)
  expect(proxy.approvals.all()).toHaveLength(4)
})

test('a client that repeats what a person refused hears of it, and the person is not asked again', async () => {
  const { proxy, upstream } = await world()
  await post(proxy)
  proxy.approvals.vote(proxy.approvals.all()[0]?.approvalId ?? '', 'deny', 'dana', 'not today')
  const response = await post(proxy)
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ reasons: ['denied by dana: not today'] })
  expect(proxy.approvals.all()).toHaveLength(1)
  expect(upstream.seen).toHaveLength(0)
})

describe('a client that prefers to wait', () => {
  test('gets the answer itself when it is approved meanwhile', async () => {
    const { proxy } = await world()
    const asked = proxy.approvals.next()
    const answering = post(proxy, { prefer: 'wait=30' })
    const { approvalId } = await asked
    proxy.approvals.vote(approvalId, 'approve', 'dana')
    const response = await answering
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('{"a":1}')
  })

  test('is told of the refusal', async () => {
    const { proxy } = await world()
    const asked = proxy.approvals.next()
    const answering = post(proxy, { prefer: 'wait=30' })
    proxy.approvals.vote((await asked).approvalId, 'deny', 'dana')
    expect((await answering).status).toBe(403)
  })

  test('is told to come again when its time is over, and then attaches', async () => {
    const { proxy } = await world({ hold: { progressBudgetMs: 50 } })
    const response = await post(proxy, { prefer: 'wait=1' })
    expect(response.status).toBe(202)
    expect(response.headers.get('preference-applied')).toBe('wait=1')
    await post(proxy)
    expect(proxy.approvals.all()).toHaveLength(1)
  })

  test('and hangs up leaves its approval open', async () => {
    const { proxy } = await world()
    const asked = proxy.approvals.next()
    const abort = new AbortController()
    const answering = fetch(`${proxy.url}/http/api/jobs`, {
      headers: { authorization: `Bearer ${proxy.token}`, prefer: 'wait=30' },
      signal: abort.signal,
    })
    const { approvalId } = await asked
    abort.abort()
    await expect(answering).rejects.toThrow()
    const aborted = await proxy.recorded('sallyport.action.aborted.v1')
    expect(aborted.data).toMatchObject({ approvalId, reason: 'the agent went away' })
  })

  test('is stopped by the kill switch', async () => {
    const { proxy, upstream } = await world()
    const asked = proxy.approvals.next()
    const answering = post(proxy, { prefer: 'wait=30' })
    await asked
    proxy.control.kill('global')
    expect((await answering).status).toBe(403)
    expect(upstream.seen).toHaveLength(0)
  })
})

describe('a body that is not JSON', () => {
  test('waits with its request, and the approval is for it alone', async () => {
    const { proxy, upstream } = await world()
    const image = { type: 'image/png', body: 'one picture' }
    await post(proxy, image)
    await post(proxy, { ...image, body: 'another one' })
    const [first, second] = proxy.approvals.all()
    expect(second).toBeDefined()
    proxy.approvals.vote(first?.approvalId ?? '', 'approve', 'dana')
    expect((await post(proxy, { ...image, body: 'another one' })).status).toBe(202)
    const response = await post(proxy, image)
    expect(await response.text()).toBe('one picture')
    expect(upstream.seen).toHaveLength(1)
  })

  test('and does not arrive whole is asked about by nobody', async () => {
    const { proxy, upstream } = await world()
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
    socket.write(
      `POST /http/api/x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${proxy.token}\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf`,
    )
    while (proxy.decision.asked.length === 0) await fetch(`${proxy.url}/healthz`)
    socket.destroy()
    await once(socket, 'close')
    expect((await post(proxy)).status).toBe(202)
    expect(proxy.approvals.all()).toHaveLength(1)
    expect(upstream.seen).toHaveLength(0)
  })

  test.each([
    ['announced', (size: number) => `Content-Length: ${size}\r\n\r\n`],
    ['in chunks', (size: number) => `Transfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n`],
  ])('and is larger than what may wait is refused: %s', async (_, framing) => {
    const { proxy, upstream } = await world({ limits: { bodyBytes: 1024 } })
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
    const answer = text(socket)
    socket.write(
      `POST /http/api/x HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${proxy.token}\r\nContent-Type: text/plain\r\n${framing(5000)}`,
    )
    socket.write('x'.repeat(5000))
    expect(await answer).toContain('HTTP/1.1 413 ')
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data).toMatchObject({ verdict: 'deny', rule: 'limit: body bytes' })
    expect(proxy.approvals.all()).toHaveLength(0)
    expect(upstream.seen).toHaveLength(0)
    socket.destroy()
    await once(socket, 'close').catch(() => {})
  })
})
