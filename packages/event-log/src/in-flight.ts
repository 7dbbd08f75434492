/** Work under way that a close waits for. */
export class InFlight {
  readonly #works = new Set<Promise<unknown>>()

  track<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work)
    const done = () => this.#works.delete(work)
    work.then(done, done)
    return work
  }

  /** Resolves when everything that is under way now has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#works)
  }
}
