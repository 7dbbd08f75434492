import { describe, expect, onTestFinished, test } from 'vitest'
import { memoryEventLog } from '../memory.ts'
import type { EventLog, StoredRecord } from '../port.ts'
import { createPublisher } from '../publisher.ts'
import { sampleEvent } from '../testing/sample-event.ts'
import { acceptedDamage } from './accepted-damage.ts'
import { verifyTopic } from './verify-topic.ts'

const TOPIC = 'sallyport.control'

async function written(log: EventLog, count = 6): Promise<StoredRecord[]> {
  const publisher = createPublisher({ log, producer: 'p' })
  for (let nth = 0; nth < count; nth++) await publisher.publish(sampleEvent(`e${nth}`))
  const records: StoredRecord[] = []
  for await (const batch of log.read(TOPIC, { from: 'start', signal: new AbortController().signal })) {
    records.push(...batch)
    if (records.length === count) break
  }
  return records
}

/** The same records over two partitions: even ones in 0, odd ones in 1, as a log on Kafka has them. */
function scattered(log: EventLog, records: readonly StoredRecord[]): EventLog {
  const placed = [0, 1].map((partition) =>
    records
      .filter((_, nth) => nth % 2 === partition)
      .map((record, offset) => ({ ...record, partition, offset })),
  )
  const ends = { 0: placed[0]?.length ?? 0, 1: placed[1]?.length ?? 0 }
  return {
    ...log,
    ends: async (topic) => (topic === TOPIC ? ends : log.ends(topic)),
    offsetsAt: async () => ({ 0: 0, 1: 0 }),
    async *read(_topic, { signal }) {
      yield* placed
      const over = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => over.resolve(), { once: true })
      await over.promise
    },
  }
}

/** Nobody has accepted anything. */
const nothing = { isAccepted: async () => false, untilAccepted: () => new Promise<never>(() => {}) }

function verifying(log: EventLog) {
  const damage = { ...nothing, closeAcceptor() {}, stop() {} }
  const verification = verifyTopic({ log, topic: TOPIC, damage })
  onTestFinished(() => verification.stop())
  return verification
}

describe('a topic that nobody folds', () => {
  test('is verified from its first record, and as records come', async () => {
    const log = memoryEventLog()
    await written(log)
    const verification = verifying(log)
    await verification.caughtUp()
    expect(verification.verified()).toBe(6)
    await log.append(TOPIC, [{ key: 'k', headers: {}, value: Buffer.from('?') }])
    await verification.caughtUp()
    expect(verification.verified()).toBe(7)
    expect(verification.damage()).toEqual([])
  })

  test.each<[string, (records: StoredRecord[]) => StoredRecord[], string]>([
    ['a record that was taken out', (records) => records.toSpliced(2, 1), 'missing'],
    [
      'a record that was altered',
      (records) => records.with(2, { ...(records[2] as StoredRecord), key: 'other' }),
      'altered',
    ],
  ])('tells %s, and what is behind it is read all the same', async (_, damaged, kind) => {
    const log = memoryEventLog()
    const records = damaged(await written(log))
    const verification = verifying(scattered(log, records))
    await verification.caughtUp()
    expect(verification.damage()).toMatchObject([{ kind }])
    expect(verification.verified()).toBe(records.length)
  })

  test('is whole again when an operator has accepted its damage', async () => {
    const log = memoryEventLog()
    const records = (await written(log)).toSpliced(2, 1)
    const publisher = createPublisher({ log, producer: 'operator' })
    const broken: EventLog = {
      ...log,
      async *read(topic, options) {
        if (options.maxBatch === 200) yield records
        else yield* log.read(topic, options)
      },
    }
    const verification = verifyTopic({ log: broken, topic: TOPIC })
    onTestFinished(() => verification.stop())
    await expect.poll(() => verification.damage().length).toBe(2)
    const desk = acceptedDamage(log, {
      reason: 'a broker lost its disk',
      by: 'dana',
      publish: (event) => publisher.publish(event),
    })
    for (const damage of verification.damage()) await desk.isAccepted(damage)
    await expect.poll(() => verification.damage()).toEqual([])
  })
})
