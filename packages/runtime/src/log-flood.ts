import { BoundedMap } from './bounded-map.ts'

const WINDOW_MS = 10_000
const MOST_IN_WINDOW = 200
/** Messages are texts of our code, so they are few. */
const MOST_MESSAGES = 1000

interface Window {
  readonly since: number
  lines: number
  leftOut: number
}

/**
 * How often one message may be logged: a caller that nobody knows must not fill a disk. Each message has its own count, so
 * that a flood of one hides no other.
 */
export class LogFlood {
  readonly #windows = new BoundedMap<string, Window>(MOST_MESSAGES)
  readonly #now: () => number
  #leftOut = 0

  /** `now` in milliseconds, from any beginning. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** How many lines were left out. */
  leftOut(): number {
    return this.#leftOut
  }

  /** Undefined where the line is one too many; otherwise how many of the same message were left out before it. */
  pass(message: string): number | undefined {
    const now = this.#now()
    const window = this.#windows.get(message)
    if (window === undefined || now - window.since >= WINDOW_MS) {
      this.#windows.set(message, { since: now, lines: 1, leftOut: 0 })
      return window?.leftOut ?? 0
    }
    if (window.lines < MOST_IN_WINDOW) {
      window.lines += 1
      return 0
    }
    window.leftOut += 1
    this.#leftOut += 1
    return undefined
  }
}
