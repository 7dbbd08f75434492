import type { StoredRecord } from '@sallyport/event-log'
import type { Block } from './domain/row-lines.ts'
import { RowLines } from './domain/row-lines.ts'

const MAX_BYTES = 8 * 1024 * 1024

/**
 * A batch that has this many rows when its time is up waits for more, so many times as long in all: each insert
 * makes a part of thirty files that is merged again and again, whatever is in it. Under load that cost more than
 * the rows themselves.
 */
const BUSY_ROWS = 500
const BUSY_WAITS = 5

/** Rows on their way to the store, by partition, within a bound of rows, bytes and time. */
export class RecordBatch {
  /** Resolves when the first record has waited long enough. */
  readonly due: Promise<void>
  readonly #maxRows: number
  readonly #parts = new Map<number, RowLines>()
  #timer: NodeJS.Timeout
  #rows = 0
  #bytes = 0
  #oldest: number | null = null

  constructor(maxRows: number, maxWaitMs: number) {
    this.#maxRows = maxRows
    const { promise, resolve } = Promise.withResolvers<void>()
    this.due = promise
    this.#timer = setTimeout(() => {
      if (this.#rows < BUSY_ROWS) resolve()
      else this.#timer = setTimeout(resolve, maxWaitMs * (BUSY_WAITS - 1))
    }, maxWaitMs)
  }

  add(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const part = this.#parts.get(record.partition) ?? new RowLines(record)
      this.#parts.set(record.partition, part)
      this.#bytes += part.add(record)
      this.#rows += 1
      this.#oldest ??= record.appendedAt
    }
  }

  get full(): boolean {
    return this.#rows >= this.#maxRows || this.#bytes >= MAX_BYTES
  }

  /** When the log took the first of them. */
  get oldest(): number | null {
    return this.#oldest
  }

  /** The blocks to insert, which ends the wait. */
  close(): Block[] {
    clearTimeout(this.#timer)
    return [...this.#parts.values()].map((lines) => lines.block())
  }
}
