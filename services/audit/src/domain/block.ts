import type { StoredRecord } from '@sallyport/event-log'
import { type ExactColumns, rawRow, recordOf } from './event-row.ts'
import { type Block, RowLines } from './row-lines.ts'

/** Names the block for as long as the log exists: inserted twice under one name, it is stored once. */
export function blockName({ topic, partition, first, last }: Block): string {
  return `${topic}/${partition}/${first}-${last}`
}

export function blockOf(records: readonly [StoredRecord, ...StoredRecord[]]): Block {
  const lines = new RowLines(records[0])
  for (const record of records) lines.add(record)
  return lines.block()
}

/** The records again, from their rows. Only for a block that was refused, so nobody has to keep them. */
export function recordsOf({ lines }: Block): StoredRecord[] {
  const text = Buffer.concat(lines).toString('utf8')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [recordOfLine(line)]))
}

/**
 * What to insert instead of a block of which some row was refused: its halves, so that only the row at fault is
 * affected however records fell into blocks; of a single one its bytes, unread.
 */
export function withoutRefused(block: Block, reason: string): readonly Block[] {
  const records = recordsOf(block)
  const middle = records.length >> 1
  const [left, right] = [records.slice(0, middle), records.slice(middle)]
  if (isFilled(left) && isFilled(right)) return [blockOf(left), blockOf(right)]
  return isFilled(records) ? [unread(records[0], reason)] : []
}

/** One row that says no more than the record's bytes, and why. */
function unread(record: StoredRecord, reason: string): Block {
  const lines = new RowLines(record)
  lines.add(record, rawRow(record, `ClickHouse refused its row: ${reason}`))
  return lines.block()
}

function recordOfLine(line: string): StoredRecord {
  const row = JSON.parse(line) as Placed & ExactColumns
  const { topic, partition, offset, appended_at: appendedAt } = row
  return { ...recordOf(row), topic, partition, offset, appendedAt }
}

interface Placed {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly appended_at: number
}

function isFilled(records: StoredRecord[]): records is [StoredRecord, ...StoredRecord[]] {
  return records.length > 0
}
