import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** A proxy before an upstream that answers every request with these bytes, and then does what `after` says. */
async function world(answer: string, after: (socket: Socket) => void = (socket) => socket.end()) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(answer, 'latin1')
      after(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const proxy = await startProxy()
  stops.push(() => proxy.stop())
  const { port } = server.address() as AddressInfo
  proxy.control.addUpstream('api', `http://127.0.0.1:${port}`, null, 'http')
  proxy.decision.fallback = 'allow'
  return { proxy, sockets }
}

function ask(proxy: ProxyFixture): Promise<Response> {
  return fetch(`${proxy.url}/http/api/`, { headers: { authorization: `Bearer ${proxy.token}` } })
}

/** The client that we use tells some broken rules from a broken connection, and others not. */
const HAD_IT = ['SP_UPSTREAM_ANSWER_INVALID', 'SP_UPSTREAM_RESET']

describe('an upstream that answered against the rules of HTTP had the request', () => {
  test.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['a bare CR', 'HTTP/1.1 200 OK\r\nX-A: a\rX-B: b\r\nContent-Length: 0\r\n\r\n'],
    ['endless fields', `HTTP/1.1 200 OK\r\n${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(40)}`],
    ['a status that is none', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'],
    ['no HTTP', 'hello\r\n'],
  ])('%s', async (_, answer) => {
    const { proxy } = await world(answer)
    const response = await ask(proxy)
    expect(response.status).toBe(502)
    const { code } = (await response.json()) as { readonly code: string }
    expect(HAD_IT).toContain(code)
    const completed = await proxy.recorded('sallyport.action.completed.v1')
    expect(completed.data).toMatchObject({ errorCode: code })
  })
})

test('interim answers without end are broken off', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const closed = Promise.withResolvers<void>()
  const { proxy } = await world(early.repeat(1000), (socket) => socket.on('close', () => closed.resolve()))
  const response = await ask(proxy)
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ code: 'SP_UPSTREAM_ANSWER_INVALID' })
  await closed.promise
})

test('some interim answers pass by', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const { proxy } = await world(`${early}${early}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`)
  expect(await (await ask(proxy)).text()).toBe('ok')
})

test('an upstream that hangs up without an answer had the request', async () => {
  const { proxy } = await world('')
  const response = await ask(proxy)
  expect(await response.json()).toMatchObject({ code: 'SP_UPSTREAM_RESET' })
})

test('a 204 has no length, whatever the upstream says', async () => {
  const { proxy } = await world('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n')
  const response = await ask(proxy)
  expect(response.status).toBe(204)
  expect(response.headers.get('content-length')).toBeNull()
})
