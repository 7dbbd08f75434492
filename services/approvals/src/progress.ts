import type { Offsets, Position } from '@sallyport/event-log'

/** How far a reader has come in each partition, and a way to wait until it has come somewhere. */
export class Progress {
  readonly #reader: () => Offsets
  readonly #next = new Map<number, number>()
  readonly #waiting = new Set<{ readonly goal: Offsets; readonly resolve: () => void }>()

  /** `reader` tells what the reader itself counts as passed, also records that the log no longer keeps. */
  constructor(reader: () => Offsets) {
    this.#reader = reader
  }

  passed({ partition, offset }: Position): void {
    this.#next.set(partition, offset + 1)
    for (const waiter of this.#waiting) {
      if (!this.#has(waiter.goal)) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
  }

  reaches(goal: Offsets): Promise<void> {
    if (this.#has(goal)) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.add({ goal, resolve })
    })
  }

  #has(goal: Offsets): boolean {
    const reader = this.#reader()
    return Object.entries(goal).every(([key, end]) => {
      const partition = Number(key)
      return Math.max(this.#next.get(partition) ?? 0, reader[partition] ?? 0) >= end
    })
  }
}
