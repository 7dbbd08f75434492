import { encodeEvent, GENESIS_HASH, MalformedEvent, recordHash } from '@sallyport/events'
import { describe, expect, test } from 'vitest'
import { verifyChain } from './chain.ts'
import { sampleEvent } from './testing/sample-event.ts'

type Chained = ReturnType<typeof chained>[number]

/** Epochs of so many events, each naming the last event of the one before. */
function chained(producer: string, ...epochs: number[]) {
  let prevHash = GENESIS_HASH
  return epochs.flatMap((count, index) =>
    Array.from({ length: count }, (_, seq) => {
      const event = sampleEvent(`${producer}-${index}-${seq}`)
      const record = { topic: 't', ...encodeEvent(event, { producer, epoch: index + 1, seq, prevHash }) }
      prevHash = recordHash(record)
      return record
    }),
  )
}

const place = (epoch: number, seq: number | null, through = seq) => ({
  topic: 't',
  producer: 'p',
  epoch,
  seq,
  through,
})

describe('verifying producer chains', () => {
  test('whole chains have no gaps, in any order and with repeats', () => {
    const records = [...chained('p', 3, 2), ...chained('q', 1)]
    expect(verifyChain(records)).toEqual([])
    expect(verifyChain(records.toReversed())).toEqual([])
    expect(verifyChain([...records, ...records])).toEqual([])
    expect(verifyChain([])).toEqual([])
  })

  test.each<[string, (records: Chained[]) => Chained[], object[]]>([
    ['the first event', (all) => all.slice(1), [{ ...place(1, 0), why: 'missing' }]],
    ['one in the middle', (all) => all.toSpliced(2, 1), [{ ...place(1, 2), why: 'missing' }]],
    ['a run', (all) => all.toSpliced(1, 3), [{ ...place(1, 1, 3), why: 'missing' }]],
    [
      'the last of an epoch that has a successor',
      (all) => all.toSpliced(4, 1),
      [{ ...place(1, null), why: 'missing' }],
    ],
    ['the first of a later epoch', (all) => all.toSpliced(5, 1), [{ ...place(2, 0), why: 'missing' }]],
  ])('%s is missed when it was removed', (_, remove, gaps) => {
    expect(verifyChain(remove(chained('p', 5, 3)))).toEqual(gaps)
  })

  test('a changed value is seen by the event after it', () => {
    const records = chained('p', 3).map((record, index) =>
      index === 1 ? { ...record, value: Buffer.from('{}') } : record,
    )
    expect(verifyChain(records)).toEqual([{ ...place(1, 1), why: 'altered' }])
  })

  test('two events in one place are a fork', () => {
    const [first] = chained('p', 1)
    const other = { ...first, value: Buffer.from('{}') } as Chained
    expect(verifyChain([first as Chained, other])).toEqual([{ ...place(1, 0), why: 'forked' }])
  })

  test('a record without a stamp is refused', () => {
    expect(() => verifyChain([{ topic: 't', key: 'k', headers: {}, value: Buffer.alloc(0) }])).toThrow(
      MalformedEvent,
    )
  })
})
