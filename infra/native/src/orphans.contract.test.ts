import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { ownKafka, ownNats } from './index.ts'

const offers = await Promise.all([ownKafka(), ownNats()])
const able = offers.every((offer) => offer.available)

const starter = `
  import { startKafka, startNats } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
  const [kafka, nats] = await Promise.all([startKafka(), startNats()])
  const ports = [kafka.brokers[0].split(':')[1], nats.url.split(':')[2]]
  console.log(JSON.stringify({ pids: [kafka.pid, nats.pid], ports: ports.map(Number) }))
`

it.skipIf(!able)(
  'a process that is killed with -9 leaves no broker, no server and no data behind',
  async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(parent.stdout), 'line')
    const { pids, ports } = JSON.parse(String(line)) as { pids: number[]; ports: number[] }
    expect(pids.map(isRunning)).toEqual([true, true])
    expect(await readdir(temporary)).toHaveLength(2)
    const connections = await Promise.all(ports.map(connected))
    const ended = Promise.all(connections.map(closed))

    parent.kill('SIGKILL')

    await ended
    await expect.poll(() => pids.map(isRunning), { timeout: 20_000 }).toEqual([false, false])
    await expect.poll(() => readdir(temporary), { timeout: 20_000 }).toEqual([])
    await rm(temporary, { recursive: true })
  },
)

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** A server that is killed may end a connection in order or reset it; either way it is closed. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket
      .on('error', () => undefined)
      .on('close', () => resolve())
      .resume()
  })
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
