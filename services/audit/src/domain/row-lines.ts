import type { StoredRecord } from '@sallyport/event-log'
import { type EventRow, isRaw, rowOf } from './event-row.ts'
import { rowText } from './row-text.ts'

const CHUNK_BYTES = 256 * 1024
/** UTF-8 takes at most three bytes for one unit of a string. */
const MAX_BYTES_PER_UNIT = 3
const LINE_END = 0x0a

/** The rows of consecutive records of one (topic, partition), as lines of JSONEachRow. Never empty. */
export interface Block {
  readonly topic: string
  readonly partition: number
  /** The offsets of its first and its last record. */
  readonly first: number
  readonly last: number
  readonly rows: number
  /** How many of them are of records that cannot be read. */
  readonly raw: number
  readonly bytes: number
  /** Whole lines, each with its end. */
  readonly lines: readonly Buffer[]
}

/**
 * The rows of consecutive records of one (topic, partition), written as lines into a few large pieces of memory:
 * ten thousand texts that wait on the heap would be copied by every collection, and keep their records besides.
 */
export class RowLines {
  readonly #chunks: Buffer[] = []
  readonly #topic: string
  readonly #partition: number
  readonly #first: number
  #last: number
  #rows = 0
  #raw = 0
  #bytes = 0
  /** How much of the last chunk is used. */
  #used = 0

  constructor({ topic, partition, offset }: StoredRecord) {
    this.#topic = topic
    this.#partition = partition
    this.#first = offset
    this.#last = offset
  }

  /** Adds a record and returns how many bytes its row takes. */
  add(record: StoredRecord, row: EventRow = rowOf(record)): number {
    const line = rowText(row)
    const chunk = this.#roomFor(line)
    // Text and line end apart: joined they would be copied once more.
    const written = chunk.write(line, this.#used) + 1
    this.#used += written
    chunk[this.#used - 1] = LINE_END
    this.#bytes += written
    this.#rows += 1
    if (isRaw(row)) this.#raw += 1
    this.#last = record.offset
    return written
  }

  block(): Block {
    const last = this.#chunks.length - 1
    return {
      topic: this.#topic,
      partition: this.#partition,
      first: this.#first,
      last: this.#last,
      rows: this.#rows,
      raw: this.#raw,
      bytes: this.#bytes,
      lines: this.#chunks.map((chunk, index) => (index === last ? chunk.subarray(0, this.#used) : chunk)),
    }
  }

  #roomFor(line: string): Buffer {
    const current = this.#chunks.at(-1)
    const most = line.length * MAX_BYTES_PER_UNIT + 1
    if (current !== undefined && current.length - this.#used >= most) return current
    if (current !== undefined) this.#chunks[this.#chunks.length - 1] = current.subarray(0, this.#used)
    const chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most))
    this.#chunks.push(chunk)
    this.#used = 0
    return chunk
  }
}
