import type { EncodedEvent } from '@sallyport/events'
import type { StoredRecord } from '../port.ts'
import { RecentRecords } from './recent-records.ts'

/** A reader, and the next offset that it wants. */
export interface TailReader {
  next: number
}

/** What is kept of a topic's end in memory, at most. */
const RECENT_BYTES = 2 * 1024 * 1024

/** The end of one topic: who reads it, what was appended that they have not read yet, and how they are woken. */
export class TopicTail {
  readonly #topic: string
  readonly #readers = new Set<TailReader>()
  readonly #recent = new RecentRecords(RECENT_BYTES)
  #end: number
  #advanced: PromiseWithResolvers<void> | undefined
  #waking = false

  constructor(topic: string, end: number) {
    this.#topic = topic
    this.#end = end
  }

  /** The next offset to be written. */
  get end(): number {
    return this.#end
  }

  join(reader: TailReader): void {
    this.#readers.add(reader)
  }

  leave(reader: TailReader): void {
    this.#readers.delete(reader)
    this.#forgetWhatIsRead()
  }

  /** Takes in what was appended. Records are made of it only for readers that are there. */
  took(firstOffset: number, appendedAt: number, records: readonly EncodedEvent[]): void {
    this.#end = Math.max(this.#end, firstOffset + records.length)
    if (this.#readers.size === 0) return
    const topic = this.#topic
    this.#recent.add(
      records.map(({ key, headers, value }, index) => {
        return { key, headers, value, topic, partition: 0, offset: firstOffset + index, appendedAt }
      }),
    )
    this.#wake()
  }

  /** What a reader wants, if it is still in memory; undefined where the storage has to be asked. */
  recent({ next }: TailReader, max: number): StoredRecord[] | undefined {
    return this.#recent.from(next, max)
  }

  /** The reader has been given everything before its `next`. */
  passed(): void {
    this.#forgetWhatIsRead()
  }

  /** Resolves when something was appended after now. */
  advanced(): Promise<void> {
    this.#advanced ??= Promise.withResolvers()
    return this.#advanced.promise
  }

  /** After everything that waits for the append itself: a call goes on before its event is read. */
  #wake(): void {
    if (this.#advanced === undefined || this.#waking) return
    this.#waking = true
    setImmediate(() => {
      this.#waking = false
      this.#advanced?.resolve()
      this.#advanced = undefined
    })
  }

  #forgetWhatIsRead(): void {
    let first = Number.POSITIVE_INFINITY
    for (const { next } of this.#readers) first = Math.min(first, next)
    this.#recent.forgetBefore(first)
  }
}
