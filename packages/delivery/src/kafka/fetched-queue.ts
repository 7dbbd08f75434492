import type { StoredRecord } from '@sallyport/event-log'

/** Asks the broker for more of one partition, or not. */
export interface Tap {
  open(): void
  shut(): void
}

/**
 * What was fetched of one partition, for a reader that takes it in its own time. The tap is shut as soon as something
 * waits here, so what is in memory is what the reader has and one fetch.
 */
export class FetchedQueue implements AsyncIterator<StoredRecord[]> {
  readonly #tap: Tap
  readonly #waiting: StoredRecord[][] = []
  #next: number
  #asked: PromiseWithResolvers<IteratorResult<StoredRecord[]>> | undefined
  #ended = false

  /** Nothing before the offset `next` is let through: a fetch may begin earlier. */
  constructor(next: number, tap: Tap) {
    this.#next = next
    this.#tap = tap
  }

  offer(fetched: StoredRecord[]): void {
    const records = fetched.filter(({ offset }) => offset >= this.#next)
    const last = records.at(-1)
    if (this.#ended || !last) return
    this.#next = last.offset + 1
    if (this.#asked) {
      this.#asked.resolve({ done: false, value: records })
      this.#asked = undefined
    } else {
      this.#waiting.push(records)
      this.#tap.shut()
    }
  }

  async next(): Promise<IteratorResult<StoredRecord[]>> {
    const value = this.#waiting.shift()
    if (value) return { done: false, value }
    if (this.#ended) return { done: true, value: undefined }
    this.#asked = Promise.withResolvers()
    const { promise } = this.#asked
    this.#tap.open()
    return promise
  }

  async return(): Promise<IteratorResult<StoredRecord[]>> {
    this.#ended = true
    this.#waiting.length = 0
    this.#asked?.resolve({ done: true, value: undefined })
    this.#asked = undefined
    return { done: true, value: undefined }
  }
}
