import { expect, test } from 'vitest'
import type { RecordBatch } from './batch.ts'
import { type DeadLetter, memoryDeadLetters } from './dead-letters.ts'
import { type Dealing, dealWith } from './deal-with.ts'
import { DestinationFailed, EventRefused } from './errors.ts'

const MINUTE = 60_000

function batchOf(count: number): RecordBatch {
  const records = Array.from({ length: count }, (_, offset) => ({
    topic: 't',
    partition: 0,
    offset,
    appendedAt: 0,
    key: 'k',
    headers: {},
    value: Buffer.from('{}'),
  }))
  return { topic: 't', partition: 0, from: 0, to: count, records }
}

/** Deals with a batch while each attempt takes a minute of a clock of its own. */
async function deal(
  act: (batch: RecordBatch, number: number) => void,
  { count = 1, ...options }: { count?: number } & Partial<Dealing<RecordBatch>> = {},
) {
  const deadLetters = memoryDeadLetters()
  const delivered: RecordBatch[] = []
  let now = 0
  await dealWith(
    {
      consumer: 'c',
      destination: {
        async deliver(batch, { number }) {
          now += MINUTE
          act(batch, number)
        },
      },
      deadLetters,
      giveUp: {},
      backoff: { firstMs: 0, longestMs: 0 },
      attemptMs: 10_000,
      clock: () => new Date(now),
      onDelivered: (batch) => delivered.push(batch),
      onFailed: () => {},
      onDeadLetter: () => {},
      ...options,
    },
    batchOf(count),
    new AbortController().signal,
  )
  const offsets = delivered.flatMap(({ records }) => records.map(({ offset }) => offset))
  return { delivered, offsets, letters: deadLetters.letters }
}

const failed = (blame: 'event' | 'destination') => new DestinationFailed('no', { blame })

test('an event on which a destination fails is given up after the limit of events', async () => {
  const { letters } = await deal(
    () => {
      throw failed('event')
    },
    { giveUp: { eventMs: 5 * MINUTE, destinationMs: 60 * MINUTE } },
  )
  expect(letters).toMatchObject([{ attempts: 6, reason: 'no', from: 0, to: 1 }])
})

test('an event whose destination is not there is given up after the longer limit', async () => {
  const { letters } = await deal(
    () => {
      throw failed('destination')
    },
    { giveUp: { eventMs: 5 * MINUTE, destinationMs: 60 * MINUTE } },
  )
  expect(letters[0]?.attempts).toBe(60)
})

test('the time in which a destination was not there is not held against the event', async () => {
  const { letters, offsets } = await deal(
    (_, number) => {
      if (number < 20) throw failed('destination')
      if (number < 23) throw failed('event')
    },
    { giveUp: { eventMs: 5 * MINUTE, destinationMs: 60 * MINUTE } },
  )
  expect(letters).toEqual([])
  expect(offsets).toEqual([0])
})

test('without a limit nothing is given up', async () => {
  const { letters, offsets } = await deal((_, number) => {
    if (number < 500) throw failed('event')
  })
  expect(letters).toEqual([])
  expect(offsets).toEqual([0])
})

test('a batch that is refused is halved until each refused event is alone; the others keep their order', async () => {
  const refused = new Set([2, 3, 6])
  const { letters, offsets } = await deal(
    ({ records }) => {
      if (records.some(({ offset }) => refused.has(offset))) throw new EventRefused('no')
    },
    { count: 9 },
  )
  expect(offsets).toEqual([0, 1, 4, 5, 7, 8])
  expect(letters.map(({ from, to }) => [from, to])).toEqual([
    [2, 3],
    [3, 4],
    [6, 7],
  ])
})

test('a batch that is given up after its limit leaves a letter for each of its events', async () => {
  const { letters } = await deal(
    () => {
      throw failed('destination')
    },
    { count: 3, giveUp: { destinationMs: MINUTE } },
  )
  expect(letters.map(({ record }) => record?.offset)).toEqual([0, 1, 2])
})

test('a dead letter that cannot be kept is tried again: the event is not lost', async () => {
  const kept: DeadLetter[] = []
  let tries = 0
  await deal(
    () => {
      throw new EventRefused('no')
    },
    {
      deadLetters: {
        async add(letter) {
          tries += 1
          if (tries < 4) throw new Error('the log is not there')
          kept.push(letter)
        },
      },
    },
  )
  expect(kept).toHaveLength(1)
})
