import type { Offsets, Position } from '@sallyport/event-log'

/** How far a reader has come in each partition, and a way to wait until it has come somewhere. */
export class Progress {
  readonly #next = new Map<number, number>()
  readonly #waiting = new Set<{ readonly goal: Offsets; readonly resolve: () => void }>()

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
    return Object.entries(goal).every(([partition, end]) => (this.#next.get(Number(partition)) ?? 0) >= end)
  }
}
