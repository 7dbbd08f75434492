import { expect, test } from 'vitest'
import type { StoredRecord } from '../port.ts'
import { RecentRecords } from './recent-records.ts'

const value = Buffer.alloc(744)
/** Each weighs 1001 bytes. */
const run = (first: number, count: number): StoredRecord[] =>
  Array.from({ length: count }, (_, index) => {
    return { topic: 't', partition: 0, offset: first + index, appendedAt: 1, key: 'k', headers: {}, value }
  })
const offsets = (records: readonly StoredRecord[] | undefined) => records?.map(({ offset }) => offset)

test('records are given from the middle of a run, over several runs, up to as many as asked for', () => {
  const recent = new RecentRecords(100_000)
  recent.add(run(10, 3))
  recent.add(run(13, 1))
  recent.add(run(14, 3))
  expect(offsets(recent.from(11, 1000))).toEqual([11, 12, 13, 14, 15, 16])
  expect(offsets(recent.from(12, 2))).toEqual([12, 13])
  expect(offsets(recent.from(16, 1000))).toEqual([16])
})

test('what is older than the bound, not there yet, or before the first is not given', () => {
  const recent = new RecentRecords(4500)
  expect(recent.from(0, 10)).toBeUndefined()
  recent.add(run(0, 2))
  recent.add(run(2, 2))
  recent.add(run(4, 2))
  expect(recent.from(1, 10)).toBeUndefined()
  expect(offsets(recent.from(2, 10))).toEqual([2, 3, 4, 5])
  expect(recent.from(6, 10)).toBeUndefined()
})

test('what everybody has read is dropped, in whole runs', () => {
  const recent = new RecentRecords(100_000)
  recent.add(run(0, 2))
  recent.add(run(2, 2))
  recent.forgetBefore(3)
  expect(recent.from(1, 10)).toBeUndefined()
  expect(offsets(recent.from(2, 10))).toEqual([2, 3])
  recent.forgetBefore(Number.POSITIVE_INFINITY)
  expect(recent.from(2, 10)).toBeUndefined()
})

test('one append larger than the bound leaves nothing behind', () => {
  const recent = new RecentRecords(1500)
  recent.add(run(0, 2))
  expect(recent.from(0, 10)).toBeUndefined()
  recent.add(run(2, 1))
  expect(offsets(recent.from(2, 10))).toEqual([2])
})

test('a gap in what is appended is never bridged', () => {
  const recent = new RecentRecords(100_000)
  recent.add(run(0, 2))
  recent.add(run(3, 2))
  expect(recent.from(0, 10)).toBeUndefined()
  expect(offsets(recent.from(3, 10))).toEqual([3, 4])
})
