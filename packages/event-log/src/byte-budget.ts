import type { EncodedEvent } from '@sallyport/events'

/** What a record weighs beside its text and bytes, roughly: objects, promise, a row of the queue. */
const RECORD_OVERHEAD = 256

/** The bytes a record takes while it waits to be appended. */
export function weightOf(record: EncodedEvent): number {
  let weight = RECORD_OVERHEAD + record.key.length + record.value.byteLength
  for (const name in record.headers) weight += name.length + (record.headers[name]?.length ?? 0)
  return weight
}

interface InLine {
  readonly bytes: number
  readonly enter: () => void
  readonly refuse: (reason: unknown) => void
}

/**
 * Bounds the bytes in flight. A record that finds no room waits in line. One that is larger than the whole budget
 * goes alone.
 */
export class ByteBudget {
  readonly #limit: number
  readonly #line: InLine[] = []
  #used = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Resolves when there is room; the caller gives the bytes back with `release`. Rejects if refused meanwhile. */
  take(bytes: number): Promise<void> {
    if (this.#line.length === 0 && this.#fits(bytes)) {
      this.#used += bytes
      return Promise.resolve()
    }
    return new Promise((enter, refuse) => {
      this.#line.push({ bytes, enter, refuse })
    })
  }

  release(bytes: number): void {
    this.#used -= bytes
    let next = this.#line[0]
    while (next && this.#fits(next.bytes)) {
      this.#line.shift()
      this.#used += next.bytes
      next.enter()
      next = this.#line[0]
    }
  }

  /** Sends everybody in line away with this reason. */
  refuseWaiting(reason: unknown): void {
    for (const waiting of this.#line.splice(0)) waiting.refuse(reason)
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#limit
  }
}
