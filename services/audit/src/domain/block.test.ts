import { expect, test } from 'vitest'
import { decided, encoder } from '../testing/sample-events.ts'
import { blockName, blockOf, recordsOf, withoutRefused } from './block.ts'

const encode = encoder()
const recordAt = (offset: number, text = 'ünïcode ✓ "quoted" \n') => ({
  ...encode(decided(new Date(1_700_000_000_000), { actionId: `a${offset}`, arguments: { text } })),
  topic: 't',
  partition: 2,
  offset,
  appendedAt: 1_700_000_000_001,
})

test('the records come back from a block byte for byte, also those larger than a piece of it', () => {
  const large = 'ü'.repeat(300_000)
  const records = [recordAt(5), recordAt(6, large), recordAt(7), recordAt(8, large)] as const
  const block = blockOf(records)
  expect({ rows: block.rows, name: blockName(block) }).toEqual({ rows: 4, name: 't/2/5-8' })
  expect(block.bytes).toBe(block.lines.reduce((sum, { length }) => sum + length, 0))
  expect(recordsOf(block)).toEqual(records.map((record) => ({ ...record, value: Buffer.from(record.value) })))
})

test('a refused block is split in halves that name what they hold, down to one row with the reason', () => {
  const [left, right] = withoutRefused(blockOf([recordAt(5), recordAt(6), recordAt(7)]), 'why')
  expect([left, right].map((half) => half && blockName(half))).toEqual(['t/2/5-5', 't/2/6-7'])
  const [unread, ...none] = left ? withoutRefused(left, 'why') : []
  expect(none).toEqual([])
  const row = JSON.parse(String(unread?.lines[0]))
  expect(row).toMatchObject({ type: 'unknown', offset: 5, undecodable: 'ClickHouse refused its row: why' })
})
