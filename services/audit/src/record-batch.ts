import type { StoredRecord } from '@sallyport/event-log'
import { type Block, isFilled, lineOf } from './domain/block.ts'

const MAX_CHARACTERS = 4 * 1024 * 1024

/** Rows on their way to the store, by partition, within a bound of rows, text and time. */
export class RecordBatch {
  /** Resolves when the first record has waited long enough. */
  readonly due: Promise<void>
  readonly #timer: NodeJS.Timeout
  readonly #maxRows: number
  readonly #parts = new Map<number, { readonly records: StoredRecord[]; readonly lines: string[] }>()
  #rows = 0
  #characters = 0
  #oldest: number | null = null

  constructor(maxRows: number, maxWaitMs: number) {
    this.#maxRows = maxRows
    const { promise, resolve } = Promise.withResolvers<void>()
    this.due = promise
    this.#timer = setTimeout(resolve, maxWaitMs)
  }

  add(records: readonly StoredRecord[]): void {
    for (const record of records) {
      const part = this.#parts.get(record.partition) ?? { records: [], lines: [] }
      this.#parts.set(record.partition, part)
      const line = lineOf(record)
      part.records.push(record)
      part.lines.push(line)
      this.#rows += 1
      this.#characters += line.length
      this.#oldest ??= record.appendedAt
    }
  }

  get full(): boolean {
    return this.#rows >= this.#maxRows || this.#characters >= MAX_CHARACTERS
  }

  /** When the log took the first of them. */
  get oldest(): number | null {
    return this.#oldest
  }

  /** The blocks to insert, which ends the wait. */
  close(): Block[] {
    clearTimeout(this.#timer)
    return [...this.#parts.values()].flatMap(({ records, lines }) =>
      isFilled(records) ? [{ records, lines }] : [],
    )
  }
}
