import type { Offsets } from './port.ts'

interface Waiter {
  readonly goal: Offsets
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** The callers that wait until a reader has reached some offsets. */
export class Progress {
  readonly #waiting = new Set<Waiter>()

  wait(goal: Offsets): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.add({ goal, resolve, reject })
    })
  }

  /** To be called whenever the reader has come further. */
  wake(isReached: (goal: Offsets) => boolean): void {
    for (const waiter of this.#waiting) {
      if (!isReached(waiter.goal)) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
  }

  rejectAll(reason: unknown): void {
    for (const { reject } of this.#waiting) reject(reason)
    this.#waiting.clear()
  }
}
