export interface InOrderOptions {
  /** Whether nothing more is to be done. */
  readonly isOver: () => boolean
  /** Told of what an act threw or was rejected with. */
  readonly onFailed: (cause: unknown) => void
  /** Told when acts begin to wait, and when none waits any more. */
  readonly onWaits?: (waits: boolean) => void
}

/**
 * Acts on what one peer sends, done in the order in which it came. While one waits, such as a list for its verdicts, later
 * ones wait too.
 */
export class InOrder {
  readonly #options: InOrderOptions
  #last: Promise<void> | undefined

  constructor(options: InOrderOptions) {
    this.#options = options
  }

  /** Whether an act is still waiting. */
  get waits(): boolean {
    return this.#last !== undefined
  }

  /** Acts at once where nothing waits. */
  do(act: () => void | Promise<void>): void {
    const before = this.#last
    const acting = before === undefined ? this.#begin(act) : before.then(() => this.#begin(act))
    if (acting === undefined) return
    const last = acting
      .catch((cause: unknown) => this.#options.onFailed(cause))
      .finally(() => {
        if (this.#last !== last) return
        this.#last = undefined
        this.#options.onWaits?.(false)
      })
    this.#last = last
    if (before === undefined) this.#options.onWaits?.(true)
  }

  #begin(act: () => void | Promise<void>): void | Promise<void> {
    if (this.#options.isOver()) return
    try {
      return act()
    } catch (cause) {
      this.#options.onFailed(cause)
    }
  }
}
