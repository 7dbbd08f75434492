interface Offered<T> {
  readonly item: T
  readonly done: () => void
}

/** Hands one item at a time from a producer to a consumer. An offer stands until its taker asks for the next. */
export class Handoff<T> {
  #offered: Offered<T> | undefined
  #taken: Offered<T> | undefined
  #asking: ((item: T | undefined) => void) | undefined
  #ended = false

  /** Resolves when the taker is done with the item, or the handoff has ended. */
  offer(item: T): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((done) => {
      this.#offered = { item, done }
      if (this.#asking) this.#handOver(this.#asking)
    })
  }

  /** Takes an offer back that nobody took. */
  withdraw(item: T): void {
    if (this.#offered?.item === item) this.#offered = undefined
  }

  /** Is done with the last item and asks for the next; undefined when the handoff has ended. */
  take(): Promise<T | undefined> {
    this.#taken?.done()
    this.#taken = undefined
    if (this.#ended) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#asking = resolve
      if (this.#offered) this.#handOver(resolve)
    })
  }

  /** Whether somebody asks and nothing was offered. */
  starving(): boolean {
    return this.#asking !== undefined
  }

  end(): void {
    this.#ended = true
    this.#offered?.done()
    this.#taken?.done()
    this.#asking?.(undefined)
    this.#asking = undefined
  }

  #handOver(resolve: (item: T | undefined) => void): void {
    this.#taken = this.#offered
    this.#offered = undefined
    this.#asking = undefined
    resolve(this.#taken?.item)
  }
}
