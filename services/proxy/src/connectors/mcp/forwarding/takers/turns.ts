/** The acts on one answer, in their order. While one waits, such as a list for its verdicts, later ones wait too. */
export class Turns {
  readonly #isOver: () => boolean
  readonly #failed: (cause: unknown) => void
  #last: Promise<void> | undefined

  /** After `isOver` nothing more is done; `failed` is told what an act that waited was rejected with. */
  constructor(isOver: () => boolean, failed: (cause: unknown) => void) {
    this.#isOver = isOver
    this.#failed = failed
  }

  /** Whether an act is still waiting. */
  get waiting(): boolean {
    return this.#last !== undefined
  }

  /** Acts at once where nothing waits. */
  take(act: () => void | Promise<void>): void {
    const before = this.#last
    const acting = before === undefined ? act() : before.then(() => (this.#isOver() ? undefined : act()))
    if (acting === undefined) return
    const turn = acting
      .catch((cause: unknown) => this.#failed(cause))
      .finally(() => {
        if (this.#last === turn) this.#last = undefined
      })
    this.#last = turn
  }
}
