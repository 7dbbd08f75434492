import { weightOf } from '../byte-budget.ts'
import type { StoredRecord } from '../port.ts'

interface Run {
  readonly records: readonly StoredRecord[]
  readonly bytes: number
}

/**
 * The last records appended to one partition, within a bound of bytes. A reader that keeps up takes them from here,
 * the very objects that were appended, and the storage is not asked for what was in memory a moment ago.
 */
export class RecentRecords {
  readonly #limit: number
  #runs: Run[] = []
  #bytes = 0
  /** The offset after the last one. */
  #end = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Takes in the records that were just appended. If they do not follow the last one, the earlier ones are forgotten,
   * because a reader must not miss a record.
   */
  add(records: readonly StoredRecord[]): void {
    const [first] = records
    if (first === undefined) return
    if (first.offset !== this.#end) this.#forget()
    this.#end = first.offset + records.length
    const bytes = records.reduce((sum, record) => sum + weightOf(record), 0)
    this.#runs.push({ records, bytes })
    this.#bytes += bytes
    let dropped = 0
    for (const run of this.#runs) {
      if (this.#bytes <= this.#limit) break
      this.#bytes -= run.bytes
      dropped += 1
    }
    if (dropped > 0) this.#runs.splice(0, dropped)
  }

  /** The records from an offset on; undefined when that one is not, or no longer, kept. */
  from(offset: number, max: number): StoredRecord[] | undefined {
    const runs = this.#runs
    // Readers are near the end.
    let index = runs.length - 1
    while (index >= 0 && firstOf(runs[index]) > offset) index -= 1
    if (index < 0) return undefined
    const found: StoredRecord[] = []
    let skip = offset - firstOf(runs[index])
    for (const { records } of runs.slice(index)) {
      for (const record of skip > 0 ? records.slice(skip) : records) {
        if (found.length === max) return found
        found.push(record)
      }
      skip = 0
    }
    return found.length > 0 ? found : undefined
  }

  /** Drops the runs that end before this offset. */
  forgetBefore(offset: number): void {
    let read = 0
    for (const run of this.#runs) {
      if (firstOf(run) + run.records.length > offset) break
      this.#bytes -= run.bytes
      read += 1
    }
    if (read > 0) this.#runs.splice(0, read)
  }

  #forget(): void {
    this.#runs = []
    this.#bytes = 0
  }
}

function firstOf(run: Run | undefined): number {
  return run?.records[0]?.offset ?? Number.POSITIVE_INFINITY
}
