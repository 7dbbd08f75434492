import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { SallyportEvent } from '@sallyport/events'
import { type Logger, silentLogger } from '@sallyport/runtime'
import { COMMAND_HEADER, commandDigest, WIRE_PROTOCOL } from '@sallyport/stdio'
import { expect, onTestFinished, test } from 'vitest'
import { startApiUpstream } from '../../testing/api-upstream.ts'
import { startProxy } from '../../testing/proxy-fixture.ts'

const COMMAND = ['server-files']

/** A proxy whose log is kept. */
async function world() {
  const logged: unknown[] = []
  const keep = (fields: object, message: string) => void logged.push({ ...fields, message })
  const logger: Logger = { ...silentLogger, warn: keep, error: keep }
  const proxy = await startProxy({ logger })
  onTestFinished(() => proxy.stop())
  const upstream = await startApiUpstream()
  onTestFinished(() => upstream.stop())
  proxy.control.addUpstream('files', upstream.url)
  proxy.control.addUpstream('local', { kind: 'attached', command: COMMAND })
  proxy.control.addUpstream('api', upstream.url, null, 'http')
  proxy.decision.fallback = 'allow'
  const { host, hostname, port } = new URL(proxy.url)
  return {
    proxy,
    logged,
    /** Sends a head and, once the proxy has answered that it reads, a part of a body; hangs up and waits until it knows. */
    async breakOff(
      [start, ...fields]: readonly string[],
      part: string | Buffer,
      hangUp: (socket: Socket) => void,
    ): Promise<void> {
      const connected = once(proxy.service.server.server, 'connection')
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on('error', () => {})
      const lines = [`${start} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${proxy.token}`, ...fields]
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
      const [theirs] = (await connected) as [Socket]
      const gone = new Promise((resolve) => theirs.once('close', resolve))
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1.1 10[01] /)
      socket.write(part)
      hangUp(socket)
      await gone
      await new Promise(setImmediate)
    },
  }
}

const HANGING_UP: [string, (socket: Socket) => void][] = [
  ['ends its connection', (socket) => void socket.end()],
  ['closes its connection', (socket) => void socket.destroy()],
  ['resets its connection', (socket) => void socket.resetAndDestroy()],
]

const ADDRESSES = ['POST /mcp/files', 'POST /mcp/files/messages', 'POST /http/api/things']

/** The proxy says when it reads. */
const SENDING = ['content-length: 100', 'expect: 100-continue']

test.each(ADDRESSES.flatMap((start) => HANGING_UP.map(([how, hangUp]) => [how, start, hangUp] as const)))(
  'an agent that %s in the middle of the body of %s is neither a fault of ours nor an attack',
  async (_how, start, hangUp) => {
    const { proxy, logged, breakOff } = await world()
    await breakOff([start, 'content-type: application/json', ...SENDING], '{"jsonrpc":', hangUp)
    await proxy.stop()
    expect(logged).toEqual([])
    expect(await proxy.actions()).toEqual([])
  },
)

test.each(HANGING_UP)(
  'an agent that %s while its body goes upstream has done what is recorded, and it is not a fault of ours',
  async (_how, hangUp) => {
    const { proxy, logged, breakOff } = await world()
    await breakOff(['PUT /http/api/things', 'content-type: text/plain', ...SENDING], 'the first of', hangUp)
    await proxy.stop()
    expect(logged).toEqual([])
    expect(verdicts(await proxy.actions())).toEqual(new Set(['allow']))
  },
)

test.each(HANGING_UP)(
  'a wrapper that %s in the middle of a frame is neither a fault of ours nor an attack',
  async (_how, hangUp) => {
    const { proxy, logged, breakOff } = await world()
    const upgrade = [
      'GET /stdio/local',
      'connection: upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
      `sec-websocket-protocol: ${WIRE_PROTOCOL}`,
      `${COMMAND_HEADER}: ${commandDigest(COMMAND)}`,
    ]
    // A masked frame of 100 bytes, of which four come (RFC 6455, section 5.2).
    const part = Buffer.from([0x82, 0x80 | 100, 0, 0, 0, 0, ...Buffer.from('c{"j')])
    await breakOff(upgrade, part, hangUp)
    await proxy.stop()
    expect(logged).toEqual([])
    expect(verdicts(await proxy.actions())).not.toContain('deny')
  },
)

function verdicts(events: readonly SallyportEvent[]): Set<string> {
  return new Set(events.flatMap(({ data }) => ('verdict' in data ? [String(data.verdict)] : [])))
}
