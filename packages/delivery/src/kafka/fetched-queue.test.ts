import type { StoredRecord } from '@sallyport/event-log'
import { expect, test } from 'vitest'
import { FetchedQueue } from './fetched-queue.ts'

function fetched(...offsets: number[]): StoredRecord[] {
  return offsets.map((offset) => ({
    topic: 't',
    partition: 0,
    offset,
    appendedAt: 0,
    key: 'k',
    headers: {},
    value: Buffer.alloc(0),
  }))
}

function opened(next = 0) {
  const tap: string[] = []
  const queue = new FetchedQueue(next, { open: () => tap.push('open'), shut: () => tap.push('shut') })
  const take = async () =>
    ((await queue.next()).value as StoredRecord[] | undefined)?.map(({ offset }) => offset)
  return { queue, tap, take }
}

test('nothing is asked for before a reader asks, and nothing more while something waits', async () => {
  const { queue, tap, take } = opened()
  expect(tap).toEqual([])
  const first = take()
  expect(tap).toEqual(['open'])
  queue.offer(fetched(0, 1))
  expect(await first).toEqual([0, 1])
  queue.offer(fetched(2))
  expect(tap).toEqual(['open', 'shut'])
  expect(await take()).toEqual([2])
  void take()
  expect(tap).toEqual(['open', 'shut', 'open'])
})

test('what was read before, or lies before the mark, is not let through', async () => {
  const { queue, take } = opened(5)
  const first = take()
  queue.offer(fetched(3, 4))
  queue.offer(fetched(4, 5, 6))
  expect(await first).toEqual([5, 6])
  queue.offer(fetched(5, 6))
  queue.offer(fetched(6, 7))
  expect(await take()).toEqual([7])
})

test('a reader that waits is told of the end', async () => {
  const { queue, take } = opened()
  const waiting = take()
  await queue.return()
  expect(await waiting).toBeUndefined()
  queue.offer(fetched(0))
  expect(await take()).toBeUndefined()
})
