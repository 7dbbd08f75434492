import { isUtf8 } from 'node:buffer'
import type { StoredRecord } from '@sallyport/event-log'

const BACKSLASH = 0x5c
const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const NUL = 0x00
/** As ClickHouse's TabSeparated reads them. */
const ESCAPES: ReadonlyMap<number, string> = new Map([
  [BACKSLASH, '\\\\'],
  [TAB, '\\t'],
  [LINE_FEED, '\\n'],
  [CARRIAGE_RETURN, '\\r'],
  [NUL, '\\0'],
])

/**
 * Records as lines of TabSeparated, with the columns of `RAW_COLUMNS`. An empty line in the data of an INSERT ends them, and what follows is run as SQL,
 * so no byte of a record may end a line: every line feed in one is escaped, and a line has six tabs. What is
 * not UTF-8 is escaped byte by byte.
 */
export function rawLines(records: readonly StoredRecord[]): Buffer {
  return Buffer.concat(records.flatMap(lineOf))
}

function lineOf({ topic, partition, offset, appendedAt, key, headers, value }: StoredRecord): Buffer[] {
  const begin = `${escapedText(topic)}\t${partition}\t${offset}\t${Math.trunc(appendedAt)}\t${escapedText(key)}\t${escapedText(JSON.stringify(headers))}\t`
  return [Buffer.from(begin), escapedBytes(value), NEW_LINE]
}

const NEW_LINE = Buffer.from('\n')

function escapedText(text: string): string {
  return text.replaceAll(/[\\\t\n\r\0]/g, (one) => ESCAPES.get(one.charCodeAt(0)) ?? '')
}

function escapedBytes(value: Uint8Array): Buffer {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (!isUtf8(bytes)) return Buffer.from([...bytes].map(hexEscape).join(''))
  const plain = [...ESCAPES.keys()].every((byte) => !bytes.includes(byte))
  return plain ? bytes : Buffer.from(escapedText(bytes.toString('utf8')))
}

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
