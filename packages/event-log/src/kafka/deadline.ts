import { setTimeout as delay } from 'node:timers/promises'

/** A moment until which something is tried. */
export class Deadline {
  readonly #at: number

  constructor(ms: number) {
    this.#at = performance.now() + ms
  }

  left(): number {
    return Math.max(0, this.#at - performance.now())
  }

  /** The result of `work`, or a rejection at the deadline; the work itself is not ended by it. */
  async bound<T>(work: Promise<T>): Promise<T> {
    const late = new AbortController()
    const timer = delay(this.left(), undefined, { signal: late.signal }).then(() => {
      throw new Error('no answer before the deadline')
    })
    try {
      return await Promise.race([work, timer])
    } finally {
      late.abort()
      timer.catch(() => {})
    }
  }
}
