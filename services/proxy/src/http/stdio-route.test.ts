import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { type ProxyFixture, startProxy } from '../testing/proxy-fixture.ts'

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
