import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import type { ApiPlugin } from './api-plugin.ts'
import { endStreamsOnClose, type SseOptions, type SseStream, sse } from './sse.ts'

const servers: FastifyInstance[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** A server whose one route hands its stream to the test. */
async function streaming(options?: SseOptions): Promise<{ port: number; opened: Promise<SseStream> }> {
  const server = fastify()
  servers.push(server)
  endStreamsOnClose(server)
  const { promise: opened, resolve } = Promise.withResolvers<SseStream>()
  const route: ApiPlugin = async (routes) => {
    routes.get('/', (_request, reply) => resolve(sse(reply, options)))
  }
  await server.register(route)
  await server.listen({ port: 0, host: '127.0.0.1' })
  return { port: (server.server.address() as AddressInfo).port, opened }
}

async function read(port: number) {
  const outgoing = request({ port, host: '127.0.0.1' }).end()
  const [response] = await once(outgoing, 'response')
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return { outgoing, response, text: () => text }
}

test('events reach the reader as they are sent, a line break cannot forge one', async () => {
  const { port, opened } = await streaming()
  const reader = await read(port)
  const stream = await opened
  stream.comment('hello')
  stream.send('a\ndata: forged', { text: 'x\n\nevent: forged' }, '7')
  stream.close()
  await once(reader.response, 'end')
  expect(reader.response.headers['content-type']).toContain('text/event-stream')
  expect(reader.text()).toBe(
    ': hello\n\nevent: a data: forged\nid: 7\ndata: {"text":"x\\n\\nevent: forged"}\n\n',
  )
  expect(stream.send('b', {})).toBe(false)
})

test('the stream ends when its reader goes away', async () => {
  const { port, opened } = await streaming()
  const reader = await read(port)
  const stream = await opened
  const ended = once(stream.ended, 'abort')
  reader.outgoing.destroy()
  await ended
  expect(stream.send('a', {})).toBe(false)
})

test('the stream ends with its signal, also one that had ended before', async () => {
  const { port, opened } = await streaming({ signal: AbortSignal.abort() })
  const reader = await read(port)
  await once(reader.response, 'end')
  expect((await opened).ended.aborted).toBe(true)
})

test('the stream ends when the server closes', async () => {
  const { port, opened } = await streaming()
  const reader = await read(port)
  await opened
  const ended = once(reader.response, 'end')
  await servers[0]?.close()
  await ended
})

test('a reader that does not read is cut off', async () => {
  const { port, opened } = await streaming({ maxUnreadBytes: 65_536 })
  const socket = connect(port, '127.0.0.1').pause()
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  const stream = await opened
  const chunk = 'x'.repeat(16_384)
  const MORE_THAN_ANY_SOCKET_BUFFER = 100_000
  let sent = 0
  while (stream.send('a', chunk) && sent < MORE_THAN_ANY_SOCKET_BUFFER) sent += 1
  expect(sent).toBeLessThan(MORE_THAN_ANY_SOCKET_BUFFER)
  expect(stream.ended.aborted).toBe(true)
  socket.destroy()
})

test('a sender of very much can wait until its reader has taken it, and is let go when the reader leaves', async () => {
  const { port, opened } = await streaming({ maxUnreadBytes: 64 * 1024 * 1024 })
  const reader = await read(port)
  const stream = await opened
  await stream.drained()
  reader.response.pause()
  const sent = 'x'.repeat(16 * 1024 * 1024)
  stream.send('much', sent)
  const drained = stream.drained()
  reader.response.resume()
  await drained
  reader.response.pause()
  stream.send('much', sent)
  stream.send('much', sent)
  const left = stream.drained()
  reader.outgoing.destroy()
  await left
})
