import type { ControlEvent } from './evolve.ts'
import type { ControlOutcome, ControlState, PermissionRecord } from './state.ts'

/**
 * What came of a command of the control topic: `done` as it says; `rejected` when its turn came, or `repeated` under
 * an idempotency key of an earlier one, and neither changed anything.
 */
export type Effect =
  | { readonly kind: 'done'; readonly removed?: PermissionRecord }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'repeated' }

const REMEMBERED = 10_000
const DONE: Effect = { kind: 'done' }

/** Remembers of the latest commands what their events alone do not tell. */
export class Effects {
  readonly #special = new Map<number, Effect>()
  /** From this offset on, a command that is not remembered is known to be done. */
  #completeFrom = 0

  note(event: ControlEvent, offset: number, outcome: ControlOutcome, before: ControlState): void {
    // Nobody commands what a proxy has seen.
    if (event.type === 'sallyport.catalog.observed.v1') return
    const effect = effectOf(event, outcome, before)
    if (effect === DONE) return
    this.#special.set(offset, effect)
    if (this.#special.size <= REMEMBERED) return
    const [oldest = 0] = this.#special.keys()
    this.#special.delete(oldest)
    this.#completeFrom = oldest + 1
  }

  /** Undefined for a command of so long ago that nobody remembers. */
  of(offset: number): Effect | undefined {
    return this.#special.get(offset) ?? (offset < this.#completeFrom ? undefined : DONE)
  }
}

function effectOf(event: ControlEvent, outcome: ControlOutcome, before: ControlState): Effect {
  if (!outcome.accepted) return { kind: 'rejected', reason: outcome.reason }
  if (outcome.repeated) return { kind: 'repeated' }
  if (event.type !== 'sallyport.permission.removed.v1') return DONE
  const removed = before.permissions.get(event.data.id)
  return removed === undefined ? DONE : { kind: 'done', removed }
}
