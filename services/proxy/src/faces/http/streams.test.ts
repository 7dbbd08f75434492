import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { request } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ApiRequest, startApiUpstream } from '../../testing/api-upstream.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function world(answer?: (request: ApiRequest) => void, config: FixtureOptions['config'] = {}) {
  const upstream = await startApiUpstream(answer)
  stops.push(() => upstream.stop())
  const proxy = await startProxy({ config })
  stops.push(() => proxy.stop())
  proxy.control.addUpstream('api', upstream.url, null, 'http')
  proxy.decision.fallback = 'allow'
  return { upstream, proxy, authorization: `Bearer ${proxy.token}` }
}

/** Sends these bytes and gives what came back, until the connection ends. */
async function raw(proxy: ProxyFixture, ...parts: (string | Promise<unknown>)[]): Promise<string> {
  const { port } = new URL(proxy.url)
  const socket = connect(Number(port), '127.0.0.1')
  const answer = text(socket)
  for (const part of parts) {
    if (typeof part === 'string') socket.write(part)
    else await part
  }
  return answer
}

const head = (proxy: ProxyFixture, start: string, ...lines: string[]) =>
  `${start} HTTP/1.1\r\nHost: ${new URL(proxy.url).host}\r\nAuthorization: Bearer ${proxy.token}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

test('both sides stream at once: what is sent comes back before all of it is sent', async () => {
  const { proxy, authorization } = await world(({ incoming, response }) => {
    response.writeHead(200)
    response.flushHeaders()
    incoming.pipe(response)
  })
  const body = new Readable({ read() {} })
  // A client of Node's sends the head with the first bytes of the body.
  body.push('one')
  const answer = await request(`${proxy.url}/http/api/echo`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/octet-stream' },
    body,
  })
  for (const said of ['one', 'two', 'three']) {
    if (said !== 'one') body.push(said)
    const [heard] = (await once(answer.body, 'data')) as [Buffer]
    expect(heard.toString()).toBe(said)
  }
  body.push(null)
  await once(answer.body, 'end')
})

test('a body arrives as it was sent, and a client sends no faster than the upstream reads', async () => {
  let reading = false
  const { proxy, upstream, authorization } = await world(({ incoming, response, method }) => {
    response.writeHead(200)
    if (method === 'GET') response.end('ok')
    else response.once('go', () => incoming.pipe(response))
    response.flushHeaders()
  })
  const total = 64 * 1024 * 1024
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const body = new Readable({
    read() {
      if (!reading) expect(sent).toBeLessThan(40 * 1024 * 1024)
      this.push(sent >= total ? null : chunk)
      sent += chunk.length
    },
  })
  const answer = await request(`${proxy.url}/http/api/echo`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/octet-stream' },
    body,
  })
  for (let served = 0; served < 100; served++) {
    const other = await request(`${proxy.url}/http/api/other`, { headers: { authorization } })
    expect(await other.body.text()).toBe('ok')
  }
  expect(sent).toBeLessThan(40 * 1024 * 1024)
  reading = true
  upstream.seen[0]?.response.emit('go')
  let received = 0
  for await (const bytes of answer.body) received += bytes.length
  expect(received).toBe(total)
  const completed = await proxy.recorded(
    'sallyport.action.completed.v1',
    ({ requestBytes }) => requestBytes > 0,
  )
  expect(completed.data).toMatchObject({ requestBytes: total, responseBytes: total })
})

test('an upstream sends no faster than the agent reads, and others are served meanwhile', async () => {
  let written = 0
  const { proxy, authorization } = await world(({ target, response }) => {
    response.writeHead(200)
    if (target !== '/endless') {
      response.end('ok')
      return
    }
    const chunk = Buffer.alloc(64 * 1024)
    const write = () => {
      while (written < 400 * 1024 * 1024 && response.write(chunk)) written += chunk.length
      response.once('drain', write)
    }
    write()
  })
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1')
  client.write(head(proxy, 'GET /http/api/endless'))
  await once(client, 'readable')
  for (let served = 0; served < 100; served++) {
    const answer = await request(`${proxy.url}/http/api/other`, { headers: { authorization } })
    expect(await answer.body.text()).toBe('ok')
  }
  // What fits into the buffers of four sockets, and no more.
  expect(written).toBeLessThan(40 * 1024 * 1024)
  client.destroy()
})

test('an answer that comes before the whole request is given at once', async () => {
  const { proxy, authorization } = await world(({ response }) => response.writeHead(413).end('too much'))
  const answer = await request(`${proxy.url}/http/api/upload`, {
    method: 'POST',
    headers: { authorization },
    body: new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(65536)))
      },
    }),
  })
  expect(answer.statusCode).toBe(413)
  expect(await answer.body.text()).toBe('too much')
})

test('an agent that breaks off its body breaks it off upstream too', async () => {
  const broken = Promise.withResolvers<void>()
  const { proxy } = await world(({ incoming }) => {
    incoming.on('error', () => broken.resolve())
    incoming.resume()
  })
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1')
  client.write(head(proxy, 'POST /http/api/upload', 'Content-Length: 100', 'Content-Type: text/plain'))
  client.write('half of it')
  await proxy.recorded('sallyport.action.decided.v1')
  client.destroy()
  await broken.promise
})

describe('a client that asks before it sends its body', () => {
  const expectContinue = (proxy: ProxyFixture, type: string) => {
    const outgoing = httpRequest(`${proxy.url}/http/api/x`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${proxy.token}`,
        expect: '100-continue',
        'content-type': type,
        'content-length': 2,
      },
    })
    outgoing.flushHeaders()
    return outgoing
  }

  test.each(['text/plain', 'application/json'])('is told to when the body is wanted: %s', async (type) => {
    const { proxy } = await world(({ incoming, response }) => incoming.pipe(response))
    const outgoing = expectContinue(proxy, type)
    await once(outgoing, 'continue')
    outgoing.end('{}')
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(await text(response)).toBe('{}')
  })

  test('is refused without it where a rule says no', async () => {
    const { proxy } = await world()
    proxy.decision.outcomes.set('http.post', 'deny')
    const outgoing = expectContinue(proxy, 'text/plain')
    outgoing.on('continue', () => expect.unreachable())
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(403)
    outgoing.destroy()
  })
})

test('trailers of an answer reach the agent', async () => {
  const { proxy } = await world(({ response }) => {
    response.writeHead(200, { trailer: 'X-Checksum' })
    response.write('body')
    response.addTrailers({ 'X-Checksum': 'abc', 'Set-Cookie': 'a=1' })
    response.end()
  })
  const answer = await raw(proxy, head(proxy, 'GET /http/api/x', 'Connection: close'))
  expect(answer.toLowerCase()).toContain('trailer: x-checksum')
  expect(answer.toLowerCase()).toContain('0\r\nx-checksum: abc\r\n\r\n')
})

test('the next request on a connection is one of its own', async () => {
  const { proxy, upstream } = await world(({ incoming, response }) => incoming.pipe(response))
  const body = 'Content-Type: text/plain'
  const answer = await raw(
    proxy,
    head(proxy, 'POST /http/api/one', body, 'Content-Length: 3'),
    'abc',
    head(proxy, 'POST /http/api/two', body, 'Content-Length: 3', 'Connection: close'),
    'def',
  )
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  expect(upstream.seen.map(({ target }) => target)).toEqual(['/one', '/two'])
})

describe('a WebSocket', () => {
  const open = ({ url, token }: ProxyFixture, path = '/chat') =>
    new WebSocket(`${url.replace('http', 'ws')}/http/api${path}`, ['chat.v1'], {
      headers: { authorization: `Bearer ${token}` },
    })

  test('says to the agent what the upstream says, and its bytes are counted', async () => {
    const { proxy, upstream } = await world()
    const socket = open(proxy, '/chat?room=1')
    await once(socket, 'open')
    expect(socket.protocol).toBe('chat.v1')
    for (const said of ['hello', 'x'.repeat(100_000)]) {
      socket.send(said)
      const [heard] = (await once(socket, 'message')) as [Buffer]
      expect(heard.toString()).toBe(said)
    }
    socket.close(1000)
    await once(socket, 'close')
    const decided = await proxy.recorded('sallyport.action.decided.v1')
    expect(decided.data).toMatchObject({ action: 'http.websocket', arguments: { path: '/chat' } })
    const completed = await proxy.recorded('sallyport.action.completed.v1')
    expect(completed.data).toMatchObject({ httpStatus: 101, outcome: 'ok' })
    expect(completed.data.requestBytes).toBeGreaterThan(100_000)
    expect(completed.data.responseBytes).toBeGreaterThan(100_000)
    expect(upstream.sockets.clients.size).toBe(0)
  })

  test('ends when the kill switch goes on, on both sides', async () => {
    const { proxy, upstream } = await world()
    const socket = open(proxy)
    await once(socket, 'open')
    const [other] = [...upstream.sockets.clients]
    const gone = Promise.all([once(socket, 'close'), once(other as WebSocket, 'close')])
    proxy.control.kill('global')
    await gone
    const aborted = await proxy.recorded('sallyport.action.aborted.v1')
    expect(aborted.data.reason).toContain('kill switch')
  })

  test('is refused like any other request', async () => {
    const { proxy, upstream } = await world()
    proxy.decision.outcomes.set('http.websocket', 'deny')
    const socket = open(proxy)
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(response.statusCode).toBe(403)
    expect(upstream.sockets.clients.size).toBe(0)
    socket.terminate()
  })

  test('that the upstream refuses is answered with its refusal', async () => {
    const { proxy, upstream } = await world()
    upstream.sockets.shouldHandle = () => false
    const socket = open(proxy)
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(response.statusCode).toBe(400)
    socket.terminate()
  })
})

test('a client that stops sending its body is told so, and the record says who broke off', async () => {
  const { proxy } = await world(({ incoming }) => incoming.resume(), {
    upstream: { connectMs: 5000, headersMs: 5000, idleMs: 50 },
  })
  const answer = await raw(
    proxy,
    head(proxy, 'POST /http/api/upload', 'Content-Length: 100', 'Content-Type: text/plain'),
    'half of it',
  )
  expect(answer).toContain('HTTP/1.1 408 ')
  expect(answer).toContain('SP_BODY_TOO_SLOW')
  const aborted = await proxy.recorded('sallyport.action.aborted.v1')
  expect(aborted.data.reason).toContain('did not arrive')
})

test('a gateway has no more streams at once than it may, and other answers still come', async () => {
  const { proxy, authorization } = await world(
    ({ target, response }) => {
      if (target === '/other') response.end('ok')
      else response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    },
    { limits: { streamsPerGateway: 1 } },
  )
  const ask = (path: string) => fetch(`${proxy.url}/http/api${path}`, { headers: { authorization } })
  const first = await ask('/events')
  const second = await ask('/events')
  expect(second.status).toBe(429)
  expect(await second.json()).toMatchObject({ code: 'SP_STREAMS_FULL' })
  expect(await (await ask('/other')).text()).toBe('ok')
  await first.body?.cancel()
})

test('stopping ends streams and sockets, and says that it did', async () => {
  const { proxy, authorization } = await world(({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
  })
  const events = await fetch(`${proxy.url}/http/api/events`, { headers: { authorization } })
  const socket = new WebSocket(`${proxy.url.replace('http', 'ws')}/http/api/chat`, {
    headers: { authorization },
  })
  await once(socket, 'open')
  const closed = once(socket, 'close')
  await proxy.stop()
  await closed
  await expect(events.text()).rejects.toThrow()
  const ends = (await proxy.actions()).filter(({ type }) => type === 'sallyport.action.aborted.v1')
  expect(ends).toHaveLength(2)
})
