import type { ApprovalState } from '@sallyport/rpc'

/** The end of a wait: from outside, by the caller's time, or `left` when the caller is to come back by itself. */
export type Interruption = 'gone' | 'cancelled' | 'stopping' | 'budget' | 'left'

export type Wake =
  | { readonly kind: 'interrupted'; readonly by: Interruption }
  | { readonly kind: 'control' }
  | { readonly kind: 'approval'; readonly state: ApprovalState }

/** The mailbox of one held call: the events while it waits, the most urgent first, each kind only once. */
export class Waiting {
  readonly heldAt = performance.now()
  #interruption: Interruption | undefined
  #controlChanged = false
  #approval: ApprovalState | undefined
  #ring: (() => void) | undefined
  #budget: NodeJS.Timeout | undefined

  get interruption(): Interruption | undefined {
    return this.#interruption
  }

  interrupt(by: Interruption): void {
    // A caller that is gone needs no answer, so that outweighs the rest.
    if (this.#interruption === undefined || by === 'gone') this.#interruption = by
    this.#ring?.()
  }

  /** How long the caller may wait from now on; null without a limit. */
  limit(ms: number | null): void {
    clearTimeout(this.#budget)
    this.#budget = ms === null ? undefined : setTimeout(() => this.interrupt('budget'), ms)
  }

  controlChanged(): void {
    this.#controlChanged = true
    this.#ring?.()
  }

  approvalChanged(state: ApprovalState): void {
    this.#approval = state
    this.#ring?.()
  }

  /** Forgets what was heard of an approval that is not waited for any more. */
  forgetApproval(): void {
    this.#approval = undefined
  }

  async next(): Promise<Wake> {
    for (;;) {
      const wake = this.#take()
      if (wake) return wake
      await this.#rung()
    }
  }

  /** Waits until then. Ends earlier when something more urgent than an approval happens. */
  async pause(ms: number): Promise<void> {
    if (this.#interruption !== undefined || this.#controlChanged) return
    const timer = setTimeout(() => this.#ring?.(), ms)
    await this.#rung()
    clearTimeout(timer)
  }

  /** The result of the work. Undefined when an interruption comes first; the work then goes on by itself. */
  async unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    let over = false
    const done = work.finally(() => {
      over = true
      this.#ring?.()
    })
    done.catch(() => {})
    while (!over && this.#interruption === undefined) await this.#rung()
    return over ? done : undefined
  }

  #take(): Wake | undefined {
    const by = this.#interruption
    if (by !== undefined && !canWait(by)) return { kind: 'interrupted', by }
    if (this.#controlChanged) {
      this.#controlChanged = false
      return { kind: 'control' }
    }
    const state = this.#approval
    this.#approval = undefined
    if (state !== undefined) return { kind: 'approval', state }
    return by === undefined ? undefined : { kind: 'interrupted', by }
  }

  async #rung(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ring = resolve
    await promise
    this.#ring = undefined
  }
}

/** An answer that is there already goes before the end of the caller's patience. */
function canWait(by: Interruption): boolean {
  return by === 'budget' || by === 'left'
}
