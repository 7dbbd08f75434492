import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { request as undiciRequest } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { type ApiRequest, startApiUpstream } from '../../testing/api-upstream.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function world(
  answer?: (request: ApiRequest) => void,
  options: FixtureOptions & { readonly base?: string } = {},
) {
  const upstream = await startApiUpstream(answer)
  stops.push(() => upstream.stop())
  const proxy = await startProxy({ environment: { API_TOKEN: 'upstream-token' }, ...options })
  stops.push(() => proxy.stop())
  const credential = { kind: 'env', variable: 'API_TOKEN' } as const
  proxy.control.addUpstream('api', upstream.url + (options.base ?? ''), credential, 'http')
  proxy.decision.fallback = 'allow'
  return { upstream, proxy }
}

function ask(proxy: ProxyFixture, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${proxy.token}`, ...(init.headers as Record<string, string>) }
  return fetch(`${proxy.url}/http/api${path}`, { ...init, headers, redirect: 'manual' })
}

/** With the target as it stands: `fetch` would take a fragment off and encode the rest. */
function sendRaw(proxy: ProxyFixture, path: string): Promise<{ readonly status: number | undefined }> {
  const { hostname, port } = new URL(proxy.url)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${proxy.token}` }
    request({ hostname, port, path, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode }))
    })
      .on('error', reject)
      .end()
  })
}

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
  'a %s goes to the upstream, with the credential in the place of our token',
  async (method) => {
    const { upstream, proxy } = await world(undefined, { base: '/v1' })
    const response = await ask(proxy, '/users?a=1', { method })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('ok')
    const [seen] = upstream.seen
    expect(seen).toMatchObject({ method, target: '/v1/users?a=1' })
    expect(seen?.headers).toMatchObject({ authorization: 'Bearer upstream-token', via: '1.1 sallyport' })
    expect(JSON.stringify(seen?.headers)).not.toContain(proxy.token)
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data).toMatchObject({
      action: `http.${method.toLowerCase()}`,
      connector: 'http',
      method,
      arguments: { path: '/users', query: { a: '1' } },
    })
  },
)

test('a HEAD has the header fields of the answer and nothing behind them', async () => {
  const { proxy } = await world(({ response }) => response.setHeader('content-length', '7').end('1234567'))
  const response = await ask(proxy, '/', { method: 'HEAD' })
  expect(response.headers.get('content-length')).toBe('7')
  expect(await response.text()).toBe('')
})

test.each(['/http/%61pi', '/http/%61pi?a=1', '/http/api#/users', '/http/api%23'])(
  '%s names no upstream, as nothing behind the name would be judged',
  async (path) => {
    const { proxy, upstream } = await world()
    const { status } = await sendRaw(proxy, path)
    expect(status).toBe(404)
    expect(upstream.seen).toHaveLength(0)
  },
)

test("the status, the fields and the body of an error are the upstream's own", async () => {
  const { proxy } = await world(({ response }) =>
    response
      .writeHead(422, { 'content-type': 'application/vnd.api+json', 'x-trace': 't' })
      .end('{"error":1}'),
  )
  const response = await ask(proxy, '/')
  expect(response.status).toBe(422)
  expect(response.headers.get('x-trace')).toBe('t')
  expect(await response.json()).toEqual({ error: 1 })
  const completed = await proxy.recorded('sallyport.action.completed.v1')
  expect(completed.data).toMatchObject({ outcome: 'upstream_error', errorCode: 422, httpStatus: 422 })
})

test("a redirect is the agent's to follow, through the proxy", async () => {
  const { proxy, upstream } = await world(
    ({ response }) => response.writeHead(302, { location: '/v1/other?x=1' }).end(),
    { base: '/v1' },
  )
  const response = await ask(proxy, '/')
  expect(response.status).toBe(302)
  expect(response.headers.get('location')).toBe('/http/api/other?x=1')
  expect(upstream.seen).toHaveLength(1)
})

test('no cookie passes, in either direction', async () => {
  const { proxy, upstream } = await world(({ response }) =>
    response.writeHead(200, { 'set-cookie': 'sid=1' }).end(),
  )
  const response = await ask(proxy, '/', { headers: { cookie: 'sid=2' } })
  expect(response.headers.get('set-cookie')).toBeNull()
  expect(upstream.seen[0]?.headers.cookie).toBeUndefined()
})

describe('a body', () => {
  const echo = async ({ incoming, response }: ApiRequest) => {
    response.writeHead(200, { 'content-type': incoming.headers['content-type'] ?? 'text/plain' })
    incoming.pipe(response)
  }

  test('of JSON is forwarded as the canonical text that was judged', async () => {
    const { proxy } = await world(echo)
    const response = await ask(proxy, '/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{ "a": 1.0, "b": "\\u0041" }',
    })
    expect(await response.text()).toBe('{"a":1.0,"b":"A"}')
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data.arguments).toMatchObject({ body: { a: 1, b: 'A' } })
  })

  test('of JSON that two parsers read differently goes nowhere, and is in the record', async () => {
    const { proxy, upstream } = await world(echo)
    const response = await ask(proxy, '/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1,"a":2}',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'SP_JSON_NOT_STRICT' })
    expect(upstream.seen).toHaveLength(0)
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data).toMatchObject({ verdict: 'deny', rule: 'strict decoding', action: 'http.post' })
  })

  test('that is not JSON goes as it comes, and its size and digest are in the record', async () => {
    const { proxy } = await world(echo)
    const body = Buffer.alloc(300_000, 'x')
    const response = await ask(proxy, '/', { method: 'PUT', headers: { 'content-type': 'image/png' }, body })
    expect((await response.arrayBuffer()).byteLength).toBe(300_000)
    const completed = await proxy.recorded('sallyport.action.completed.v1')
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(completed.data).toMatchObject({
      requestBytes: 300_000,
      requestDigest: sha256,
      responseBytes: 300_000,
      responseDigest: sha256,
    })
  })

  test('of JSON that is larger than the limit goes as it comes', async () => {
    const { proxy } = await world(echo, { config: { limits: { bodyBytes: 1024 } } })
    const body = JSON.stringify({ a: 'x'.repeat(5000) })
    for (const init of [{ body }, { body: new Blob([body]).stream(), duplex: 'half' }]) {
      const response = await ask(proxy, '/', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...init,
      } as RequestInit)
      expect(await response.text()).toBe(body)
    }
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data.arguments).toMatchObject({ body: { unread: 'too_large' } })
  })

  test('of a GET goes along', async () => {
    const { proxy } = await world(echo)
    const response = await undiciRequest(`${proxy.url}/http/api/_search`, {
      method: 'GET',
      headers: { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json' },
      body: '{"query":1}',
    })
    expect(await response.body.text()).toBe('{"query":1}')
  })
})

describe('a denied request', () => {
  test('goes nowhere, and says by which rule and how access is had', async () => {
    const { proxy, upstream } = await world()
    proxy.decision.outcomes.set('http.delete', 'deny')
    const response = await ask(proxy, '/users/1', { method: 'DELETE' })
    expect(response.status).toBe(403)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = (await response.json()) as { actionId: string }
    expect(problem).toMatchObject({ status: 403, code: 'SP_DENIED', rule: 'permission http.delete' })
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(problem.actionId).toBe(decided.data.actionId)
    expect(upstream.seen).toHaveLength(0)
  })

  test('has no body where the request is a HEAD', async () => {
    const { proxy } = await world()
    proxy.decision.outcomes.set('http.head', 'deny')
    const response = await ask(proxy, '/', { method: 'HEAD' })
    expect(response.status).toBe(403)
    expect(await response.text()).toBe('')
  })

  test('need not send its body', async () => {
    const { proxy, upstream } = await world()
    proxy.decision.outcomes.set('http.put', 'deny')
    const response = await ask(proxy, '/', {
      method: 'PUT',
      body: new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65536)) }),
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(403)
    expect(upstream.seen).toHaveLength(0)
  })
})

test('an upstream that is not there is a 502 with our code', async () => {
  const { proxy, upstream } = await world()
  await upstream.stop()
  const response = await ask(proxy, '/')
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ code: 'SP_UPSTREAM_UNREACHABLE' })
})

test('one that does not answer in time is a 504', async () => {
  const { proxy } = await world(() => {}, {
    config: { upstream: { connectMs: 5000, headersMs: 50, idleMs: 5000 } },
  })
  const response = await ask(proxy, '/')
  expect(response.status).toBe(504)
  expect(await response.json()).toMatchObject({ code: 'SP_UPSTREAM_TIMEOUT' })
})

test('one that breaks off its answer is seen to', async () => {
  const { proxy } = await world(({ response }) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => response.destroy())
  })
  const response = await ask(proxy, '/')
  await expect(response.text()).rejects.toThrow()
  const completed = await proxy.recorded('sallyport.action.completed.v1')
  expect(completed.data).toMatchObject({ errorCode: 'SP_UPSTREAM_RESET', responseDigest: null })
})

test('an agent that hangs up ends the request upstream', async () => {
  const closed = Promise.withResolvers<void>()
  const { proxy } = await world(({ response }) => {
    response.on('close', () => closed.resolve())
    response.writeHead(200).write('first')
  })
  const abort = new AbortController()
  const response = await ask(proxy, '/', { signal: abort.signal })
  await response.body?.getReader().read()
  abort.abort()
  await closed.promise
  const aborted = await proxy.recorded('sallyport.action.aborted.v1')
  expect(aborted.data.reason).toBe('the agent went away')
})

describe('events', () => {
  test('of a stream arrive one by one, and the kill switch ends it', async () => {
    const { proxy } = await world(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    })
    const response = await ask(proxy, '/events')
    const reader = response.body?.getReader()
    expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe('data: 1\n\n')
    proxy.control.kill('global')
    await expect(reader?.read()).rejects.toThrow()
  })
})
