import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from './logger.ts'
import { type StrangerLimits, Strangers } from './strangers.ts'

/** A server to which `/known` shows who the caller is, `/slow` answers when it is told to, and nothing else does. */
async function started(limits: StrangerLimits) {
  const strangers = new Strangers(limits, silentLogger)
  const answers: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/known') strangers.welcome(request.socket)
    if (request.url === '/slow') answers.push(() => response.end('late'))
    else response.end('answer')
  })
  strangers.watch(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { strangers, server, answers, open: (bytes = '') => opened(server, bytes) }
}

async function opened(server: Server, bytes: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const arrived = once(server, 'connection')
  await once(socket, 'connect')
  await arrived
  socket.write(bytes)
  return socket
}

const head = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`
const closed = (socket: Socket) => once(socket.resume(), 'close')
const answered = async (socket: Socket) => String((await once(socket, 'data'))[0])

test.each([
  ['that says nothing', ''],
  ['that never ends its head', 'GET / HTTP/1.1\r\nhost: a\r\n'],
  ['whose body never comes', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n'],
  ['that is answered and shows nothing', head('/')],
])('a caller %s is put out when its time is over', async (_, bytes) => {
  const { strangers, open } = await started({ max: 10, withinMs: 100 })
  await closed(await open(bytes))
  expect(strangers.count).toBe(0)
})

test('a caller that goes on asking without showing who it is is put out too', async () => {
  const { server } = await started({ max: 10, withinMs: 100 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const { port } = server.address() as AddressInfo
  const ports = new Set<number | undefined>()
  while (ports.size < 2) {
    const [response] = (await once(get({ port, path: '/', agent }), 'response')) as [IncomingMessage]
    ports.add(response.socket.localPort)
    response.resume()
    await once(response, 'end')
  }
})

test('one more than there may be puts out the oldest, and nobody who is known', async () => {
  const { strangers, open } = await started({ max: 2, withinMs: 60_000 })
  const known = await open(head('/known'))
  expect(await answered(known)).toContain('answer')
  const [first, second] = [await open(), await open()]
  expect(strangers.count).toBe(2)
  const third = await open(head('/'))
  await closed(first)
  expect(await answered(third)).toContain('answer')
  expect(strangers.count).toBe(2)
  expect([second.destroyed, third.destroyed, known.destroyed]).toEqual([false, false, false])
  known.write(head('/known'))
  expect(await answered(known)).toContain('answer')
})

test('a caller whose answer is on its way is not the first to be put out', async () => {
  const { server, answers, open } = await started({ max: 2, withinMs: 60_000 })
  const asking = await open()
  const asked = once(server, 'request')
  asking.write(head('/slow'))
  await asked
  const idle = await open()
  await open()
  await closed(idle)
  answers[0]?.()
  expect(await answered(asking)).toContain('late')
})

test('known callers stay beyond the time of strangers', async () => {
  const { open } = await started({ max: 10, withinMs: 50 })
  const known = await open(head('/known'))
  await answered(known)
  await closed(await open())
  await closed(await open())
  known.write(head('/known'))
  expect(await answered(known)).toContain('answer')
})
