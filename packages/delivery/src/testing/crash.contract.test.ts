import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type EventLog, sqliteEventLog } from '@sallyport/event-log'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { engine } from '@sallyport/native'
import { afterEach, describe, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./delivering-process.ts', import.meta.url))
const EVENTS = 2000
const KEYS = 7
const ROUNDS = 4

const living: DeliveringProcess[] = []
afterEach(async () => {
  for (const process of living.splice(0)) await process.kill9()
})

/** A process that delivers until it is killed. What it received is in `received`, in order. */
class DeliveringProcess {
  readonly received: string[] = []
  readonly #child: ChildProcess
  #moved = Promise.withResolvers<void>()

  constructor(kind: 'sqlite' | 'kafka', where: string, topic: string, name: string) {
    this.#child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', PROGRAM, kind, where, topic, name],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    living.push(this)
    const { stdout } = this.#child
    if (!stdout) throw new Error('it has no output')
    createInterface(stdout).on('line', (line) => {
      this.received.push(line)
      this.#moved.resolve()
      this.#moved = Promise.withResolvers()
    })
  }

  async receivedAtLeast(count: number): Promise<void> {
    while (this.received.length < count) await this.#moved.promise
  }

  async kill9(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'close')
  }
}

async function append(log: EventLog, topic: string): Promise<void> {
  await log.append(
    topic,
    Array.from({ length: EVENTS }, (_, nth) => ({
      key: `key ${nth % KEYS}`,
      headers: { nth: String(nth) },
      value: Buffer.alloc(100, 'x'),
    })),
  )
}

/** Every event came, and of each key each event came after all that were appended before it. */
function expectAllInOrder(received: readonly string[]): void {
  const first = [...new Set(received)].map((line) => line.split('/') as [string, string])
  expect(first).toHaveLength(EVENTS)
  for (let key = 0; key < KEYS; key++) {
    const nths = first.filter(([of]) => of === `key ${key}`).map(([, nth]) => Number(nth))
    expect(nths).toEqual(nths.toSorted((left, right) => left - right))
  }
}

async function killAgainAndAgain(start: () => DeliveringProcess): Promise<string[]> {
  const received: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const delivering = start()
    await delivering.receivedAtLeast(randomInt(1, EVENTS / ROUNDS / 2))
    await delivering.kill9()
    received.push(...delivering.received)
  }
  const last = start()
  while (new Set([...received, ...last.received]).size < EVENTS)
    await last.receivedAtLeast(last.received.length + 1)
  return [...received, ...last.received]
}

/** Two instances at once; the one that works is killed. */
async function killTheWorker(start: () => DeliveringProcess): Promise<string[]> {
  const both = [start(), start()]
  const working = await Promise.race(both.map((one) => one.receivedAtLeast(100).then(() => one)))
  await working.kill9()
  const others = both.filter((one) => one !== working)
  const all = () => [...working.received, ...others.flatMap(({ received }) => received)]
  await expect.poll(() => new Set(all()).size, { timeout: 40_000, interval: 50 }).toBe(EVENTS)
  return all()
}

describe('sqlite', () => {
  async function prepared() {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-delivery-'))
    const log = await sqliteEventLog({ path: join(folder, 'log.db') })
    await append(log, 't')
    await log.close()
    return { start: () => new DeliveringProcess('sqlite', folder, 't', 'crash'), folder }
  }

  test('a process killed while it delivers: every event arrives, each key in its order', async () => {
    const { start, folder } = await prepared()
    const received = await killAgainAndAgain(start)
    expectAllInOrder(received)
    expect(received.length - EVENTS).toBeLessThanOrEqual(ROUNDS * 5)
    await living.pop()?.kill9()
    await rm(folder, { recursive: true, force: true })
  })

  test('the process that works is killed: the one that waits goes on', async () => {
    const { start, folder } = await prepared()
    expectAllInOrder(await killTheWorker(start))
    for (const process of living.splice(0)) await process.kill9()
    await rm(folder, { recursive: true, force: true })
  })
})

const kafka = await engine('kafka')

describe.skipIf(!kafka.available)('kafka', { timeout: 180_000 }, () => {
  async function prepared(partitions: number) {
    const { url, stop } = await kafka.start()
    const log = kafkaEventLog({ brokers: url.split(','), clientId: 'crash' })
    const topic = `crash-${randomUUID()}`
    await log.ensureTopics([topic], partitions)
    await append(log, topic)
    const name = `crash-${randomUUID()}`
    return {
      start: () => new DeliveringProcess('kafka', url, topic, name),
      async dispose() {
        await log.close()
        await stop()
      },
    }
  }

  test('a process killed while it delivers: every event arrives, each key in its order', async () => {
    const { start, dispose } = await prepared(3)
    expectAllInOrder(await killAgainAndAgain(start))
    await dispose()
  })

  test('the process that works is killed: the one that waits goes on', async () => {
    const { start, dispose } = await prepared(1)
    expectAllInOrder(await killTheWorker(start))
    await dispose()
  })
})
