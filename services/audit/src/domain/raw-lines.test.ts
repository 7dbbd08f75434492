import type { StoredRecord } from '@sallyport/event-log'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rawLines } from './raw-lines.ts'
import { RAW_COLUMNS } from './row-query.ts'

const record = (change: Partial<StoredRecord>): StoredRecord => ({
  topic: 't',
  partition: 0,
  offset: 7,
  appendedAt: 9.5,
  key: 'k',
  headers: {},
  value: Buffer.from('{}'),
  ...change,
})

test('a record is one line of its columns', () => {
  expect(rawLines([record({ headers: { a: 'b' } }), record({ offset: 8 })]).toString()).toBe(
    't\t0\t7\t9\tk\t{"a":"b"}\t{}\nt\t0\t8\t9\tk\t{}\t{}\n',
  )
})

test('no byte of a record ends a line or a column, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
      fc.uint8Array(),
      (key, headers, value) => {
        const lines = rawLines([record({ key, headers, value })])
        const text = lines.toString('utf8')
        expect(Buffer.from(text).equals(lines)).toBe(true)
        expect(text.indexOf('\n')).toBe(text.length - 1)
        expect(text.split('\t')).toHaveLength(Object.keys(RAW_COLUMNS).length)
      },
    ),
  )
})
