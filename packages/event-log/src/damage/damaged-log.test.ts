import type { EncodedEvent } from '@sallyport/events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EventLogDamaged } from '../errors.ts'
import { type Fold, type FoldOptions, startFold } from '../fold.ts'
import { memoryEventLog } from '../memory.ts'
import type { EventLog, Offsets, StoredRecord } from '../port.ts'
import { createPublisher } from '../publisher.ts'
import { sampleEvent } from '../testing/sample-event.ts'
import { acceptedDamage } from './accepted-damage.ts'

const TOPIC = 'sallyport.control'

/** Two producers that take turns: a0 b0 a1 b1 a2 b2. */
async function written(log: EventLog, turns = 3): Promise<StoredRecord[]> {
  const [a, b] = ['a', 'b'].map((producer) => createPublisher({ log, producer }))
  for (let turn = 0; turn < turns; turn++) {
    await a?.publish(sampleEvent(`a${turn}`))
    await b?.publish(sampleEvent(`b${turn}`))
  }
  return stored(log)
}

async function stored(log: EventLog): Promise<StoredRecord[]> {
  const { 0: end = 0 } = await log.ends(TOPIC)
  const records: StoredRecord[] = []
  for await (const batch of log.read(TOPIC, { from: 'start', signal: new AbortController().signal })) {
    records.push(...batch)
    if (records.length === end) break
  }
  return records
}

/** A log that reads as these records, with what is appended to `log` behind them. */
function reading(log: EventLog, records: readonly StoredRecord[], end = records.at(-1)): EventLog {
  const length = (end?.offset ?? -1) + 1
  return {
    ...log,
    ends: async (topic) => ({ 0: Math.max(length, (await log.ends(topic))[0] ?? 0) }),
    async *read(topic, options) {
      const from = options.from === 'start' ? 0 : (options.from[0] ?? 0)
      yield records.filter(({ offset }) => offset >= from)
      yield* log.read(topic, { ...options, from: { 0: Math.max(from, length) } })
    },
  }
}

function folding(log: EventLog, more: Partial<FoldOptions<void>> = {}) {
  const applied: string[] = []
  const fold: Fold<void> = startFold<void>({
    log,
    topic: TOPIC,
    apply: ({ subject }) => {
      applied.push(subject)
    },
    ...more,
  })
  onTestFinished(() => fold.stop())
  return { fold, applied }
}

const placed = (records: readonly EncodedEvent[]): StoredRecord[] =>
  records.map((record, offset) => ({ ...record, topic: TOPIC, partition: 0, offset, appendedAt: 0 }))

describe('a fold stands before', () => {
  test.each<[string, (records: StoredRecord[]) => StoredRecord[], RegExp, string[]]>([
    [
      'an offset that is missing',
      (records) => records.toSpliced(2, 1),
      /control 0\/2: record 2 is missing/,
      ['a0', 'b0'],
    ],
    [
      'several offsets that are missing',
      (records) => records.toSpliced(1, 3),
      /control 0\/1: the records 1 to 3 are missing/,
      ['a0'],
    ],
    [
      'a record that was taken out while the offsets were closed again',
      (records) => placed(records.toSpliced(2, 1)),
      /0\/3: record 3 is number 2 of a in epoch 1, and 1 before it are not there/,
      ['a0', 'b0', 'b1'],
    ],
    [
      'the first record of a producer that was taken out',
      (records) => placed(records.toSpliced(0, 1)),
      /0\/1: record 1 is number 1 of a .* nothing of it is there before/,
      ['b0'],
    ],
    [
      'two records that changed places',
      (records) => placed(records.with(0, records[2] as StoredRecord).with(2, records[0] as StoredRecord)),
      /0\/0: record 0 is number 1 of a/,
      [],
    ],
    [
      'the record after one that was altered',
      (records) => records.with(0, { ...(records[0] as StoredRecord), key: 'other' }),
      /0\/2: record 2 is number 1 of a .* the one before it is not what it names/,
      ['a0', 'b0'],
    ],
    [
      'a copy of a record that was written long ago and stands out of its order',
      (records) => placed([...records, { ...(records[0] as StoredRecord), key: 'again' }]),
      /0\/6: record 6 is number 0 of a .* out of order/,
      ['a0', 'b0', 'a1', 'b1', 'a2', 'b2'],
    ],
  ])('%s', async (_, damaged, reason, before) => {
    const log = memoryEventLog()
    const { fold, applied } = folding(reading(log, damaged(await written(log))))
    await expect(fold.caughtUp).rejects.toThrow(EventLogDamaged)
    expect(fold.fault()).toMatch(reason)
    expect(applied).toEqual(before)
    await expect(fold.settled({ partition: 0, offset: 9 })).rejects.toThrow(EventLogDamaged)
    await expect(fold.reached({ 0: 9 })).rejects.toThrow(EventLogDamaged)
  })

  test('a head that is not kept, where all records decide', async () => {
    const log = memoryEventLog()
    const kept = { ...log, ends: async (): Promise<Offsets> => ({ 0: 7 }), offsetsAt: async () => ({ 0: 7 }) }
    const { fold } = folding(kept, { needsAll: true })
    await expect(fold.caughtUp).rejects.toThrow(/it begins at 7/)
  })
})

describe('a fold reads on over', () => {
  test('a batch that the log took twice', async () => {
    const log = memoryEventLog()
    const records = await written(log)
    const { fold, applied } = folding(reading(log, placed([...records, ...records.slice(2)])))
    await fold.caughtUp
    expect(applied).toHaveLength(10)
  })

  test('epochs that begin after appends that were not confirmed, written or not', async () => {
    const log = memoryEventLog()
    let appends = 0
    const flaky: EventLog = {
      ...log,
      async append(topic, records) {
        appends += 1
        const confirmed = appends % 2 === 0
        const positions = confirmed || appends % 3 === 0 ? await log.append(topic, records) : []
        if (!confirmed) throw new Error('not confirmed')
        return positions
      },
    }
    const publisher = createPublisher({ log: flaky, producer: 'p' })
    for (let n = 0; n < 24; n++) await publisher.publish(sampleEvent(`${n}`)).catch(() => {})
    const { fold } = folding(log)
    await fold.caughtUp
    expect(fold.fault()).toBeUndefined()
  })

  test('a head that retention took, where not all records decide', async () => {
    const log = memoryEventLog()
    const records = (await written(log)).slice(3)
    const kept = { ...reading(log, records), offsetsAt: async () => ({ 0: 3 }) }
    const { fold, applied } = folding(kept)
    await fold.caughtUp
    expect(applied).toEqual(['b1', 'a2', 'b2'])
  })
})

describe('damage that is accepted', () => {
  test('lets the fold go on from where it stood, is recorded once, and needs no one to accept it again', async () => {
    const log = memoryEventLog()
    const damaged = reading(log, (await written(log)).toSpliced(2, 1))
    const { fold, applied } = folding(damaged)
    await expect(fold.caughtUp).rejects.toThrow(EventLogDamaged)

    const publisher = createPublisher({ log: damaged, producer: 'operator' })
    const desk = acceptedDamage(damaged, {
      reason: 'the disk lost a page',
      by: 'dana',
      publish: (event) => publisher.publish(event),
    })
    onTestFinished(() => desk.stop())
    const operators = folding(damaged, { damage: desk })
    await operators.fold.caughtUp

    // The row that is gone was of a, and a's chain shows it too: each is accepted by itself.
    const ends = await damaged.ends(TOPIC)
    await expect.poll(() => fold.offsets()).toEqual(ends)
    expect(fold.fault()).toBeUndefined()
    expect(applied.slice(0, 5)).toEqual(['a0', 'b0', 'b1', 'a2', 'b2'])
    const acceptances = (await stored(log)).filter(({ headers }) => headers['ce_type']?.includes('damage'))
    expect(acceptances.map(({ value }) => JSON.parse(Buffer.from(value).toString()))).toMatchObject([
      { actor: { name: 'dana' }, reason: 'the disk lost a page', damage: { offset: 2, kind: 'missing' } },
      { reason: 'the disk lost a page', damage: { offset: 4, kind: 'missing' } },
    ])

    const restarted = folding(damaged)
    await restarted.fold.caughtUp
    expect(restarted.applied.slice(0, 5)).toEqual(applied.slice(0, 5))
  })

  test('may be a critical record that cannot be read: it is passed over and counted, and nothing else is', async () => {
    const log = memoryEventLog()
    const publisher = createPublisher({ log, producer: 'p' })
    await publisher.publish(sampleEvent('a'))
    await log.append(TOPIC, [{ key: 'k', headers: {}, value: Buffer.from('?') }])
    await publisher.publish(sampleEvent('b'))
    const { fold, applied } = folding(log)
    await expect(fold.caughtUp).rejects.toThrow(/record 1 cannot be read/)
    const desk = acceptedDamage(log, {
      reason: 'written by hand',
      by: 'dana',
      publish: (event) => publisher.publish(event),
    })
    onTestFinished(() => desk.stop())
    const operators = folding(log, { damage: desk })
    await operators.fold.caughtUp
    await expect.poll(() => fold.offset(0)).toBe(4)
    expect(applied.slice(0, 2)).toEqual(['a', 'b'])
    expect(fold.passedOver()).toBe(1)

    // What comes later was accepted by nobody.
    desk.closeAcceptor()
    await log.append(TOPIC, [{ key: 'k', headers: {}, value: Buffer.from('??') }])
    await expect.poll(() => fold.fault()).toMatch(/record 4 cannot be read/)
    await expect.poll(() => operators.fold.fault()).toMatch(/record 4 cannot be read/)
  })
})
