import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { COMMAND_HEADER, commandDigest, WIRE_PROTOCOL } from '@sallyport/stdio'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

let proxy: ProxyFixture
beforeEach(async () => {
  proxy = await startProxy()
})
afterEach(() => proxy.stop())

/** Asks for a WebSocket without a token, on a connection that this side never ends by itself. */
async function askForWebSocket(method = 'GET'): Promise<Socket> {
  const { host, hostname, port } = new URL(proxy.url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  const head = [
    `${method} /stdio/files HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return socket
}

test('a caller who resets the connection on which it asked for a WebSocket ends nothing but that', async () => {
  const fatal: unknown[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => fatal.push(error))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  })
  for (const method of ['GET', 'POST', 'GET', 'POST']) {
    const socket = await askForWebSocket(method)
    await once(socket, 'data')
    socket.resetAndDestroy()
  }
  const early = await askForWebSocket()
  early.resetAndDestroy()
  while ((await connections()) > 0) await new Promise(setImmediate)
  expect(fatal).toEqual([])
})

test('who is refused a WebSocket does not keep the connection by leaving its own half open', async () => {
  const socket = await askForWebSocket()
  socket.resume()
  await once(socket, 'end')
  while ((await connections()) > 0) await new Promise(setImmediate)
  socket.destroy()
})

function connections(): Promise<number> {
  return new Promise((resolve) => proxy.service.server.server.getConnections((_, count) => resolve(count)))
}

test('a gateway has no more wrappers at once than streams', async () => {
  await proxy.stop()
  proxy = await startProxy({ config: { limits: { streamsPerGateway: 1 } } })
  const command = ['server-files']
  proxy.control.addUpstream('files', { kind: 'attached', command })
  const headers = { authorization: `Bearer ${proxy.token}`, [COMMAND_HEADER]: commandDigest(command) }
  const open = () =>
    new WebSocket(`${proxy.url.replace('http', 'ws')}/stdio/files`, [WIRE_PROTOCOL], { headers })
  const first = open()
  await once(first, 'open')
  const second = open()
  const [, response] = await once(
    second.on('error', () => {}),
    'unexpected-response',
  )
  expect(response.statusCode).toBe(429)
  first.terminate()
  while ((await connections()) > 0) await new Promise(setImmediate)
  const third = open()
  await once(third, 'open')
  third.terminate()
})
