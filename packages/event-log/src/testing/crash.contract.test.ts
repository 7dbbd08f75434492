import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type NativeKafka, ownKafka } from '@sallyport/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../chain.ts'
import { type EventLog, type Offsets, type StoredRecord, sqliteEventLog } from '../index.ts'
import { kafkaEventLog } from '../kafka/kafka-event-log.ts'
import { advance } from './contract-readers.ts'

const ROUNDS = 6

/** A process that appends, and every number it said was acknowledged. */
class AppendingProcess {
  readonly acknowledged: number[] = []
  readonly #child: ChildProcess
  readonly #lines: ReturnType<typeof createInterface>

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'appending-process.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (!this.#child.stdout) throw new Error('it has no output')
    this.#lines = createInterface(this.#child.stdout)
    this.#lines.on('line', (line) => this.acknowledged.push(Number(line)))
  }

  /** Resolves when this many more were acknowledged. */
  async progress(more: number): Promise<void> {
    const goal = this.acknowledged.length + more
    const ended = once(this.#lines, 'close').then(() => {
      throw new Error(`it ended after ${this.acknowledged.length} events`)
    })
    ended.catch(() => {})
    while (this.acknowledged.length < goal) await Promise.race([once(this.#lines, 'line'), ended])
  }

  async kill9(): Promise<void> {
    const drained = once(this.#lines, 'close')
    this.#child.kill('SIGKILL')
    await drained
  }
}

/** Follows a topic over many openings of the log, each from the offsets saved by the one before. */
class ResumingReader {
  readonly records: StoredRecord[] = []
  #from: 'start' | Offsets = 'start'

  async readToEnd(log: EventLog, topic: string): Promise<void> {
    const ends = await log.ends(topic)
    const reached = () =>
      Object.entries(ends).every(
        ([partition, end]) => (advance(this.#from, [])[Number(partition)] ?? 0) >= end,
      )
    if (reached()) return
    const abort = new AbortController()
    for await (const batch of log.read(topic, { from: this.#from, maxBatch: 100, signal: abort.signal })) {
      this.records.push(...batch)
      this.#from = advance(this.#from, batch)
      if (reached()) abort.abort()
    }
  }

  expectEachOnce(acknowledged: readonly number[]): void {
    const times = new Map<string, number>()
    for (const { headers } of this.records) {
      const subject = headers['ce_subject'] ?? ''
      times.set(subject, (times.get(subject) ?? 0) + 1)
    }
    expect(acknowledged.filter((number) => !times.has(String(number)))).toEqual([])
    expect([...times].filter(([, count]) => count !== 1)).toEqual([])
    expect(verifyChain(this.records)).toEqual([])
  }
}

test('sqlite: a process killed while it appends loses nothing acknowledged and repeats nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-crash-'))
  const path = join(folder, 'log.db')
  const reader = new ResumingReader()
  const acknowledged: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const appending = new AppendingProcess('sqlite', path, 't', `round/${round}`, String(round * 1e6))
      await appending.progress(randomInt(1, 3000))
      await appending.kill9()
      acknowledged.push(...appending.acknowledged)
      const log = await sqliteEventLog({ path })
      await reader.readToEnd(log, 't')
      await log.close()
      reader.expectEachOnce(acknowledged)
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

const kafka = await ownKafka()

describe.skipIf(!kafka.available)('kafka', { timeout: 180_000 }, () => {
  let broker: NativeKafka
  let log: ReturnType<typeof kafkaEventLog>
  beforeAll(async () => {
    broker = await kafka.start()
    log = kafkaEventLog({ brokers: broker.brokers, clientId: 'crash' })
  })
  afterAll(async () => {
    await log?.close()
    await broker?.stop()
  })

  async function newTopic(): Promise<string> {
    const topic = `crash-${randomUUID()}`
    await log.ensureTopics([topic], 3)
    return topic
  }

  test('a process killed while it appends loses nothing acknowledged and repeats nothing', async () => {
    const topic = await newTopic()
    const reader = new ResumingReader()
    const acknowledged: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const from = String(round * 1e6)
      const appending = new AppendingProcess('kafka', broker.brokers.join(), topic, `round/${round}`, from)
      await appending.progress(randomInt(1, 3000))
      await appending.kill9()
      acknowledged.push(...appending.acknowledged)
      await reader.readToEnd(log, topic)
    }
    // What was on its way when the process ended may arrive later than the reading above.
    await reader.readToEnd(log, topic)
    reader.expectEachOnce(acknowledged)
  })

  test('a broker killed under load loses nothing acknowledged, repeats nothing, and its readers go on', async () => {
    const topic = await newTopic()
    const following = follow(log, topic)
    const appending = new AppendingProcess('kafka', broker.brokers.join(), topic, 'p/1', '0')
    for (let round = 0; round < 3; round++) {
      await appending.progress(randomInt(1, 3000))
      await broker.kill9()
      await broker.restart()
    }
    await appending.progress(500)
    await appending.kill9()

    const resuming = new ResumingReader()
    await resuming.readToEnd(log, topic)
    resuming.expectEachOnce(appending.acknowledged)
    await expect.poll(() => following.records.length, { timeout: 20_000 }).toBe(resuming.records.length)
    await following.stop()
    const seen = following.records.map(({ partition, offset }) => `${partition}/${offset}`)
    expect(new Set(seen).size).toBe(seen.length)
  })
})

/** One reader that is never begun again by us. */
function follow(log: EventLog, topic: string) {
  const records: StoredRecord[] = []
  const abort = new AbortController()
  const ended = (async () => {
    for await (const batch of log.read(topic, { from: 'start', signal: abort.signal })) records.push(...batch)
  })()
  return {
    records,
    async stop() {
      abort.abort()
      await ended
    },
  }
}
