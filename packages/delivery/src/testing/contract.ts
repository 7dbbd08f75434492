import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Consumer, type ConsumerOptions, startConsumer } from '../consumer.ts'
import { memoryDeadLetters } from '../dead-letters.ts'
import { DestinationFailed, EventRefused } from '../errors.ts'
import type { Feed } from '../feed.ts'
import { gate, RecordingDestination } from './recording-destination.ts'

/** What the contract needs of an engine: a log, topics nobody else uses, and feeds as several instances have them. */
export interface FeedUnderTest {
  readonly log: EventLog
  newTopic(): Promise<string>
  /** A feed for one more instance. All of them have the same leases and marks. */
  newFeed(): Feed
  /** Whether a feed gives ranges too. */
  readonly ranges: boolean
  dispose(): Promise<void>
}

const PATIENCE = { timeout: 30_000, interval: 20 }
let names = 0

/** What every feed promises, whatever it stands on. */
export function deliveryContract(name: string, prepare: () => Promise<FeedUnderTest>): void {
  describe(`the delivery contract on ${name}`, () => {
    let subject: FeedUnderTest
    const consumers: Consumer[] = []

    beforeAll(async () => {
      subject = await prepare()
    })
    afterEach(async () => {
      await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()))
    })
    afterAll(async () => {
      await subject?.dispose()
    })

    const newName = () => `contract-${process.pid}-${names++}`
    const start = (options: Omit<ConsumerOptions, 'feed' | 'log'>): Consumer => {
      const consumer = startConsumer({
        backoff: { firstMs: 10, longestMs: 50 },
        ...options,
        limits: { lingerMs: 20, ...options.limits },
        feed: subject.newFeed(),
        log: subject.log,
      })
      consumers.push(consumer)
      return consumer
    }
    const append = async (
      topic: string,
      count: number,
      first = 0,
      key = (nth: number) => `key ${nth % 5}`,
    ) => {
      const nths = Array.from({ length: count }, (_, index) => first + index)
      await subject.log.append(
        topic,
        nths.map((nth) => ({
          key: key(nth),
          headers: { nth: String(nth) },
          value: Buffer.from(`event ${nth}`),
        })),
      )
    }

    test('every record is delivered, each key in its order, in batches within the bounds', async () => {
      const topic = await subject.newTopic()
      await append(topic, 150)
      const destination = new RecordingDestination()
      const consumer = start({ name: newName(), topics: [topic], destination, limits: { maxCount: 7 } })
      await append(topic, 50, 150)
      await consumer.caughtUp()
      expect(nthsOf(destination.records).toSorted(byNumber)).toEqual(range(200))
      expectEachKeyInOrder(destination.records)
      for (const { records } of destination.batches) expect(records.length).toBeLessThanOrEqual(7)
      expectConsecutive(destination)
    })

    test('a batch is closed by its bytes, and a record that is larger goes alone', async () => {
      const topic = await subject.newTopic()
      const value = (size: number) => Buffer.alloc(size, 'x')
      await subject.log.append(
        topic,
        [10, 10, 500, 10, 60, 60].map((size) => ({ key: 'k', headers: {}, value: value(size) })),
      )
      const destination = new RecordingDestination()
      const consumer = start({ name: newName(), topics: [topic], destination, limits: { maxBytes: 100 } })
      await consumer.caughtUp()
      expect(
        destination.batches.map(({ records }) => records.map((record) => record.value.byteLength)),
      ).toEqual([[10, 10], [500], [10, 60], [60]])
    })

    test('a consumer that begins again goes on at its checkpoint', async () => {
      const topic = await subject.newTopic()
      const name = newName()
      await append(topic, 40)
      const first = new RecordingDestination()
      const before = start({ name, topics: [topic], destination: first })
      await before.caughtUp()
      await before.stop()
      await append(topic, 40, 40)
      const second = new RecordingDestination()
      await start({ name, topics: [topic], destination: second }).caughtUp()
      expect(nthsOf(second.records).toSorted(byNumber)).toEqual(range(80).slice(40))
    })

    test('what was under way when it was stopped comes again, and nothing before it', async () => {
      const topic = await subject.newTopic()
      const name = newName()
      await append(topic, 30, 0, () => 'k')
      const reached = gate()
      const stuck = new RecordingDestination(async (batch, { signal }) => {
        if (nthsOf(batch.records).includes(20)) {
          reached.open()
          await hang(signal)
        }
      })
      const before = start({ name, topics: [topic], destination: stuck, limits: { maxCount: 5 } })
      await reached.passed
      await before.stop()
      const after = new RecordingDestination()
      await start({ name, topics: [topic], destination: after }).caughtUp()
      expect(nthsOf(stuck.records)).toEqual(range(20))
      expect(nthsOf(after.records)).toEqual(range(30).slice(20))
    })

    test('a batch that was begun comes again with the same first and last offset where that is asked for', async () => {
      const topic = await subject.newTopic()
      const name = newName()
      await append(topic, 8, 0, () => 'k')
      const reached = gate()
      const stuck = new RecordingDestination(async (_, { signal }) => {
        reached.open()
        await hang(signal)
      })
      const before = start({ name, topics: [topic], destination: stuck, stableBatches: true })
      await reached.passed
      await before.stop()
      await append(topic, 8, 8, () => 'k')
      const after = new RecordingDestination()
      await start({ name, topics: [topic], destination: after, stableBatches: true }).caughtUp()
      const [begun] = stuck.attempts
      expect(after.batches[0]).toMatchObject({ from: begun?.from, to: begun?.to })
      expect(nthsOf(after.records)).toEqual(range(16))
    })

    test('of a partition one instance works at a time, and another goes on when it ends', async () => {
      const topic = await subject.newTopic()
      const name = newName()
      await append(topic, 20, 0, () => 'k')
      const instances = [0, 1].map(() => {
        const destination = new RecordingDestination()
        return { destination, consumer: start({ name, topics: [topic], destination }) }
      })
      const all = () => instances.flatMap(({ destination }) => destination.records)
      await expect.poll(() => nthsOf(all()).length, PATIENCE).toBeGreaterThanOrEqual(20)
      await instances[0]?.consumer.caughtUp()
      const before = instances.map(({ destination }) => destination.records.length)
      await append(topic, 20, 20, () => 'k')
      await expect.poll(() => new Set(nthsOf(all())).size, PATIENCE).toBe(40)
      const worked = instances.filter(
        ({ destination }, index) => destination.records.length > (before[index] ?? 0),
      )
      expect(worked).toHaveLength(1)
      await worked[0]?.consumer.stop()
      await append(topic, 20, 40, () => 'k')
      const other = instances.find((instance) => instance !== worked[0])
      await expect
        .poll(() => nthsOf(other?.destination.records ?? []).slice(-20), PATIENCE)
        .toEqual(range(60).slice(40))
    })

    test('a slow destination has one batch of a partition at a time, and no more is read for it', async () => {
      const topic = await subject.newTopic()
      const slow = gate()
      const destination = new RecordingDestination(() => slow.passed)
      let looked = 0
      const consumer = start({
        name: newName(),
        topics: [topic],
        destination,
        limits: { maxCount: 10, maxBytes: 1024 * 1024 },
        wants: () => {
          looked += 1
          return true
        },
      })
      await append(topic, 10, 0, () => 'k')
      await expect.poll(() => destination.attempts.length, PATIENCE).toBe(1)
      for (let nth = 10; nth < 3000; nth += 10) await append(topic, 10, nth, () => 'k')
      expect(looked).toBeLessThanOrEqual(1100)
      slow.open()
      await consumer.caughtUp()
      expect(destination.mostAtOnce).toBe(1)
      expect(nthsOf(destination.records)).toEqual(range(3000))
    })

    test('a destination that fails is tried again with the same batch until it takes it', async () => {
      const topic = await subject.newTopic()
      const numbers: number[] = []
      const destination = new RecordingDestination((_, { number }) => {
        numbers.push(number)
        if (number < 4) throw new DestinationFailed('not now', { retryAfterMs: 5 })
      })
      await append(topic, 6, 0, () => 'k')
      const consumer = start({ name: newName(), topics: [topic], destination })
      await consumer.caughtUp()
      expect(nthsOf(destination.records)).toEqual(range(6))
      expect(numbers.slice(0, 4)).toEqual([1, 2, 3, 4])
      expect(destination.attempts[0]).toEqual(destination.attempts[3])
    })

    test('an attempt that hangs is ended, and the batch tried again', async () => {
      const topic = await subject.newTopic()
      const destination = new RecordingDestination(async (_, { number, signal }) => {
        if (number > 1) return
        await hang(signal)
      })
      await append(topic, 3, 0, () => 'k')
      const consumer = start({ name: newName(), topics: [topic], destination, attemptMs: 50 })
      await consumer.caughtUp()
      expect(nthsOf(destination.records)).toEqual(range(3))
    })

    test('an event that is refused becomes a dead letter, and all others are delivered', async () => {
      const topic = await subject.newTopic()
      const deadLetters = memoryDeadLetters()
      const destination = new RecordingDestination((batch) => {
        if (nthsOf(batch.records).includes(13)) throw new EventRefused('no thirteens')
      })
      await append(topic, 30, 0, () => 'k')
      const consumer = start({ name: newName(), topics: [topic], destination, deadLetters })
      await consumer.caughtUp()
      expect(nthsOf(destination.records)).toEqual(range(30).filter((nth) => nth !== 13))
      expect(deadLetters.letters).toHaveLength(1)
      expect(deadLetters.letters[0]).toMatchObject({ topic, reason: 'no thirteens', attempts: 1 })
      expect(deadLetters.letters[0]?.record?.headers['nth']).toBe('13')
    })

    test('an event that fails for longer than its limit becomes a dead letter, and the next ones are delivered', async () => {
      const topic = await subject.newTopic()
      const deadLetters = memoryDeadLetters()
      const destination = new RecordingDestination((batch) => {
        if (nthsOf(batch.records).includes(1)) throw new DestinationFailed('500', { blame: 'event' })
      })
      await append(topic, 4, 0, () => 'k')
      const consumer = start({
        name: newName(),
        topics: [topic],
        destination,
        deadLetters,
        limits: { maxCount: 1 },
        giveUp: { eventMs: 60 },
      })
      await consumer.caughtUp()
      expect(nthsOf(destination.records)).toEqual([0, 2, 3])
      expect(deadLetters.letters).toMatchObject([{ reason: '500' }])
      expect(deadLetters.letters[0]?.attempts).toBeGreaterThan(1)
    })

    test('its lag says how much waits, and its health why', async () => {
      const topic = await subject.newTopic()
      const open = gate()
      let isOpen = false
      void open.passed.then(() => {
        isOpen = true
      })
      const destination = new RecordingDestination(() => {
        if (!isOpen) throw new DestinationFailed('closed')
      })
      await append(topic, 12, 0, () => 'k')
      const consumer = start({ name: newName(), topics: [topic], destination })
      await expect.poll(() => destination.attempts.length, PATIENCE).toBeGreaterThan(1)
      expect((await consumer.lag()).events).toBe(12)
      expect((await consumer.lag()).ms).toBeGreaterThan(0)
      expect(await consumer.health()).toMatchObject({ status: 'degraded', reason: 'closed' })
      open.open()
      await consumer.caughtUp()
      expect(await consumer.lag()).toEqual({ events: 0, ms: 0 })
      expect((await consumer.health()).status).toBe('ok')
    })

    test('records that are not wanted are passed over', async () => {
      const topic = await subject.newTopic()
      await append(topic, 100)
      const destination = new RecordingDestination()
      const consumer = start({
        name: newName(),
        topics: [topic],
        destination,
        wants: ({ headers }) => Number(headers['nth']) % 10 === 0,
      })
      await consumer.caughtUp()
      expect(nthsOf(destination.records).toSorted(byNumber)).toEqual(range(10).map((nth) => nth * 10))
      expect((await consumer.lag()).events).toBe(0)
    })

    test('a consumer that begins at a time is given nothing older', async () => {
      const topic = await subject.newTopic()
      await append(topic, 5, 0, () => 'k')
      const all = new RecordingDestination()
      await start({ name: newName(), topics: [topic], destination: all }).caughtUp()
      const old = all.records.at(-1)?.appendedAt ?? 0
      await expect.poll(() => Date.now(), PATIENCE).toBeGreaterThan(old + 1)
      await append(topic, 5, 5, () => 'k')
      const destination = new RecordingDestination()
      await start({ name: newName(), topics: [topic], destination, from: old + 1 }).caughtUp()
      expect(nthsOf(destination.records)).toEqual(range(10).slice(5))
    })

    test('several topics are followed at once, and one that is stuck does not stop another', async () => {
      const [stuck, free] = [await subject.newTopic(), await subject.newTopic()]
      const destination = new RecordingDestination((batch) => {
        if (batch.topic === stuck) throw new DestinationFailed('stuck')
      })
      await append(stuck, 5)
      start({ name: newName(), topics: [stuck, free], destination })
      await expect.poll(() => destination.attempts.length, PATIENCE).toBeGreaterThan(0)
      await append(free, 20)
      await expect.poll(() => destination.records.length, PATIENCE).toBe(20)
    })

    test('a destination that reads by itself is told every offset once', async (context) => {
      if (!subject.ranges) return context.skip()
      const topic = await subject.newTopic()
      const told: [number, number][] = []
      await append(topic, 25, 0, () => 'k')
      const consumer = start({
        name: newName(),
        topics: [topic],
        destination: {
          takes: 'ranges',
          async deliver({ from, to }) {
            told.push([from, to])
          },
        },
        limits: { maxCount: 10 },
      })
      await append(topic, 25, 25, () => 'k')
      await consumer.caughtUp()
      expect(told[0]?.[0]).toBe(0)
      expect(told.at(-1)?.[1]).toBe(50)
      for (const [index, [from, to]] of told.entries()) {
        expect(to - from).toBeLessThanOrEqual(10)
        expect(from).toBe(told[index - 1]?.[1] ?? 0)
      }
    })
  })
}

function nthsOf(records: readonly StoredRecord[]): number[] {
  return records.map(({ headers }) => Number(headers['nth']))
}

function expectEachKeyInOrder(records: readonly StoredRecord[]): void {
  for (const key of new Set(records.map((record) => record.key))) {
    const nths = nthsOf(records.filter((record) => record.key === key))
    expect(nths).toEqual(nths.toSorted(byNumber))
  }
}

function expectConsecutive(destination: RecordingDestination): void {
  for (const partition of new Set(destination.batches.map((batch) => batch.partition))) {
    const batches = destination.batches.filter((batch) => batch.partition === partition)
    for (const [index, { from }] of batches.entries()) expect(from).toBe(batches[index - 1]?.to ?? 0)
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, nth) => nth)
}

function byNumber(left: number, right: number): number {
  return left - right
}

/** Never confirms; rejects when the attempt is ended. */
function hang(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error('it hung'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
