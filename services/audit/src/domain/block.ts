import type { StoredRecord } from '@sallyport/event-log'
import { rawRow, rowOf } from './event-row.ts'
import { rowText } from './row-text.ts'

/** Consecutive records of one (topic, partition) and their rows, as lines of JSONEachRow. Never empty. */
export interface Block {
  readonly records: readonly [StoredRecord, ...StoredRecord[]]
  readonly lines: readonly string[]
  /** The row says no more than the record's bytes. */
  readonly unread?: boolean
}

/** Names the block for as long as the log exists: inserted twice under one name, it is stored once. */
export function blockName({ records }: Block): string {
  const { topic, partition, offset } = records[0]
  return `${topic}/${partition}/${offset}-${lastOffset(records)}`
}

export function lastOffset(records: Block['records']): number {
  return (records.at(-1) ?? records[0]).offset
}

export function lineOf(record: StoredRecord): string {
  return rowText(rowOf(record))
}

/**
 * What to insert instead of a block of which some row was refused: its halves, so that only the row at fault is
 * affected however records fell into blocks; of a single one its bytes, unread.
 */
export function withoutRefused(block: Block, reason: string): readonly Block[] {
  const { records, lines } = block
  const middle = records.length >> 1
  const [left, right] = [records.slice(0, middle), records.slice(middle)]
  if (isFilled(left) && isFilled(right))
    return [
      { records: left, lines: lines.slice(0, middle) },
      { records: right, lines: lines.slice(middle) },
    ]
  return [
    { records, lines: [rowText(rawRow(records[0], `ClickHouse refused its row: ${reason}`))], unread: true },
  ]
}

export function isUnread(block: Block): boolean {
  return block.unread === true
}

export function isFilled(records: StoredRecord[]): records is [StoredRecord, ...StoredRecord[]] {
  return records.length > 0
}
