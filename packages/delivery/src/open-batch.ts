import type { StoredRecord } from '@sallyport/event-log'
import { type BatchLimits, bytesOf, type RecordBatch } from './batch.ts'
import type { Mark } from './checkpoints.ts'

/** Consecutive records of one partition that become a batch. */
export class OpenBatch {
  readonly #limits: BatchLimits
  readonly #wants: (record: StoredRecord) => boolean
  /** The batch ends exactly before this offset, whatever the limits say. */
  readonly #until: number | undefined
  readonly #records: StoredRecord[] = []
  readonly #topic: string
  readonly #partition: number
  readonly #from: number
  #to: number
  #bytes = 0

  constructor(
    first: StoredRecord,
    limits: BatchLimits,
    wants: (record: StoredRecord) => boolean,
    mark?: Mark,
  ) {
    this.#topic = first.topic
    this.#partition = first.partition
    this.#from = first.offset
    this.#to = first.offset
    this.#limits = limits
    this.#wants = wants
    this.#until = mark?.until !== undefined && first.offset < mark.until ? mark.until : undefined
    this.add(first)
  }

  /** False where the record belongs to the next batch. */
  add(record: StoredRecord): boolean {
    if (record.partition !== this.#partition || this.full) return false
    const wanted = this.#wants(record)
    if (wanted && this.#until === undefined && this.#overflows(record)) return false
    this.#to = record.offset + 1
    if (!wanted) return true
    this.#records.push(record)
    this.#bytes += bytesOf(record)
    return true
  }

  get full(): boolean {
    if (this.#until !== undefined) return this.#to >= this.#until
    return this.#records.length >= this.#limits.maxCount || this.#bytes >= this.#limits.maxBytes
  }

  /** Whether it has to be waited for, however long that takes. */
  get bound(): boolean {
    return this.#until !== undefined && !this.full
  }

  close(): RecordBatch {
    return {
      topic: this.#topic,
      partition: this.#partition,
      from: this.#from,
      to: this.#to,
      records: this.#records,
    }
  }

  #overflows(record: StoredRecord): boolean {
    return this.#records.length > 0 && this.#bytes + bytesOf(record) > this.#limits.maxBytes
  }
}
