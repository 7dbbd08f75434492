import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Metadata } from '@grpc/grpc-js'
import { makeAuthority } from '@sallyport/native'
import type { TlsMaterial } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { callUnary, openChannel } from './channel.ts'
import { connectDecision } from './connect-decision.ts'
import { oneByOne } from './decision.ts'
import { healthService } from './definitions.ts'
import { bearerMetadata } from './internal-bearer.ts'
import { serveGrpc } from './serve.ts'
import { ALLOW, ANY_PORT, question, TOKEN } from './testing/questions.ts'

async function serve(strangers: { max: number; withinMs: number }, tls?: TlsMaterial) {
  const server = await serveGrpc({
    listen: ANY_PORT,
    decision: oneByOne(() => ALLOW),
    internalToken: TOKEN,
    strangers,
    tls,
  })
  onTestFinished(() => server.stop())
  return server
}

/** A socket that says only this, until the server ends it. */
async function stranger(address: string, bytes: string | Buffer = ''): Promise<Socket> {
  const { hostname, port } = new URL(`tcp://${address}`)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(bytes)
  return socket.resume()
}

const closed = (socket: Socket) => (socket.closed ? undefined : once(socket, 'close'))

function proxyAt(address: string, tls?: TlsMaterial) {
  const client = connectDecision({ addresses: [address], internalToken: TOKEN, tls })
  onTestFinished(() => client.close())
  return { ask: () => client.decide(question()) }
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])

test.each([
  ['says nothing', ''],
  ['speaks HTTP/1.1', 'GET / HTTP/1.1\r\nhost: a\r\n'],
  ['begins HTTP/2 and makes no call', Buffer.concat([Buffer.from(PREFACE), SETTINGS])],
])('a peer that %s is put out when its time is over', async (_, bytes) => {
  const { address } = await serve({ max: 10, withinMs: 100 })
  await closed(await stranger(address, bytes))
})

test('so is one that pings, or asks for nothing but the health', async () => {
  const { address } = await serve({ max: 10, withinMs: 200 })
  const pinging = connectHttp2(`http://${address}`)
  const pings = setInterval(() => !pinging.closed && pinging.ping(() => {}), 20)
  onTestFinished(() => clearInterval(pings))
  pinging.on('error', () => {})
  await once(pinging, 'close')

  const channel = openChannel(address, undefined)
  onTestFinished(() => channel.close())
  const options = { deadline: Date.now() + 10_000 }
  const watch = channel.makeServerStreamRequest(
    healthService['Watch']?.path ?? '',
    healthService['Watch']?.requestSerialize ?? Buffer.from,
    (bytes) => bytes,
    { service: '' },
    new Metadata(),
    options,
  )
  const [failure] = await once(watch.resume(), 'error')
  expect(failure.code).not.toBe(4)
})

describe('a stranger who opens many sockets', () => {
  test('ends none of a proxy, whose stream goes on, and keeps no other proxy out', async () => {
    const { address } = await serve({ max: 20, withinMs: 60_000 })
    const first = proxyAt(address)
    expect(await first.ask()).toEqual(ALLOW)

    const sockets: Socket[] = []
    for (let count = 0; count < 200; count++) sockets.push(await stranger(address))

    for (const socket of sockets.slice(0, 100)) await closed(socket)
    expect(await first.ask()).toEqual(ALLOW)
    expect(await proxyAt(address).ask()).toEqual(ALLOW)
  })

  test('does so with TLS too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-strangers-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const authority = await makeAuthority(folder)
    const issued = await authority.issue('decision')
    const ca = await readFile(authority.ca)
    const pair = { cert: await readFile(issued.cert), key: await readFile(issued.key) }
    const { address } = await serve({ max: 20, withinMs: 300 }, pair)
    const first = proxyAt(address, { ca })
    expect(await first.ask()).toEqual(ALLOW)

    const sockets: Socket[] = []
    for (let count = 0; count < 60; count++) sockets.push(await stranger(address, '\x16\x03\x01'))
    for (const socket of sockets) await closed(socket)

    expect(await first.ask()).toEqual(ALLOW)
    expect(await proxyAt(address, { ca }).ask()).toEqual(ALLOW)
  })
})

test('a peer whose health check carries the bearer is known', async () => {
  const { address } = await serve({ max: 10, withinMs: 300 })
  const channel = openChannel(address, undefined)
  onTestFinished(() => channel.close())
  const check = () =>
    callUnary(channel, healthService, 'Check', { service: '' }, bearerMetadata(TOKEN), {
      deadline: Date.now() + 5000,
    })
  await check()
  const late = await stranger(address)
  await closed(late)
  const READY = 2
  expect(channel.getChannel().getConnectivityState(false)).toBe(READY)
  await check()
})

test('stopping does not wait for strangers', async () => {
  const server = await serveGrpc({ listen: ANY_PORT, internalToken: TOKEN })
  const socket = await stranger(server.address)
  await server.stop()
  await closed(socket)
})
