import { encodeEvent, GENESIS_HASH, recordHash } from '@sallyport/events'
import { expect, onTestFinished, test } from 'vitest'
import { startFold } from '../fold.ts'
import { memoryEventLog } from '../memory.ts'
import type { EventLog, StoredRecord } from '../port.ts'
import { createPublisher } from '../publisher.ts'
import { sampleEvent } from '../testing/sample-event.ts'
import { ScatteredChains } from './scattered-chains.ts'

/** The records of one producer, as two partitions have them in turns. */
function chain(count: number): StoredRecord[] {
  let prevHash = GENESIS_HASH
  return Array.from({ length: count }, (_, seq) => {
    const record = encodeEvent(sampleEvent(`${seq}`), { producer: 'p', epoch: 1, seq, prevHash })
    prevHash = recordHash(record)
    return { ...record, topic: 't', partition: seq % 2, offset: Math.floor(seq / 2), appendedAt: 0 }
  })
}

const byPartition = (records: readonly StoredRecord[]) =>
  records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)

test('partitions that are read one after the other are no damage', () => {
  const chains = new ScatteredChains('t', 'known')
  for (const record of byPartition(chain(40))) expect(chains.next(record)).toBeUndefined()
  expect(chains.holes({ 0: 20, 1: 20 }, { 0: 20, 1: 20 })).toEqual([])
})

test('a record that is missing is damage once everything was read that the log had at a look', () => {
  const chains = new ScatteredChains('t', 'known')
  for (const record of byPartition(chain(40).toSpliced(7, 1))) chains.next(record)
  const ends = { 0: 20, 1: 20 }
  expect(chains.holes(ends, { 0: 20, 1: 5 })).toEqual([])
  expect(chains.holes(ends, { 0: 20, 1: 5 })).toEqual([])
  const [damage, ...others] = chains.holes(ends, ends)
  expect(damage?.what).toMatch(/^1 of the records of p in epoch 1 are missing, the first is number 7$/)
  expect(others).toEqual([])
})

test('a record that was altered, and another one in its place, show at once', () => {
  const records = chain(6)
  const altered = { ...(records[2] as StoredRecord), key: 'other' }
  const chains = new ScatteredChains('t', 'known')
  const found = byPartition(records.with(2, altered)).flatMap((record) => chains.next(record) ?? [])
  expect(found).toMatchObject([{ kind: 'altered' }])
  expect(chains.next({ ...(records[4] as StoredRecord), key: 'other' })).toMatchObject({ kind: 'repeated' })
})

test('a fold whose log is taken back while it runs ends, and says that', async () => {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'p' })
  let taken = 0
  const rewound: EventLog = {
    ...log,
    ends: async () => ({ 0: ((await log.ends('sallyport.control'))[0] ?? 0) - taken }),
  }
  const fold = startFold({ log: rewound, topic: 'sallyport.control', apply() {} })
  onTestFinished(() => fold.stop())
  await fold.settled(await publisher.publish(sampleEvent('a')))
  taken = 1
  await expect.poll(() => fold.fault(), { timeout: 20_000 }).toMatch(/it ends at 0 and had come to 1/)
})
