import { BoundedMap } from '@sallyport/runtime'
import type { Position } from './port.ts'

/** How many outcomes are remembered for callers that ask after the event was applied. */
const REMEMBERED = 10_000

/** How many may wait at once for events still to come. */
const MAX_WAITING = 100_000

interface Waiter<Outcome> {
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (reason: unknown) => void
}

type Settlement<Outcome> = { readonly outcome: Outcome } | { readonly fault: unknown }

/** The outcomes of recent positions, and the callers that wait for positions still to come. */
export class Settlements<Outcome> {
  readonly #recent = new BoundedMap<string, Settlement<Outcome>>(REMEMBERED)
  readonly #waiting = new Map<number, Map<number, Waiter<Outcome>[]>>()
  #count = 0

  /** What came of it, if that is remembered. */
  of(position: Position): Promise<Outcome> | undefined {
    const settlement = this.#recent.get(keyOf(position))
    if (!settlement) return undefined
    return 'fault' in settlement ? Promise.reject(settlement.fault) : Promise.resolve(settlement.outcome)
  }

  /** Waits for what will come of it; undefined when too many wait already. */
  wait({ partition, offset }: Position): Promise<Outcome> | undefined {
    if (this.#count >= MAX_WAITING) return undefined
    this.#count += 1
    const offsets = this.#waiting.get(partition) ?? new Map<number, Waiter<Outcome>[]>()
    this.#waiting.set(partition, offsets)
    const waiters = offsets.get(offset) ?? []
    offsets.set(offset, waiters)
    return new Promise((resolve, reject) => waiters.push({ resolve, reject }))
  }

  resolve(position: Position, outcome: Outcome): void {
    this.#recent.set(keyOf(position), { outcome })
    for (const waiter of this.#release(position)) waiter.resolve(outcome)
  }

  reject(position: Position, fault: unknown): void {
    this.#recent.set(keyOf(position), { fault })
    for (const waiter of this.#release(position)) waiter.reject(fault)
  }

  rejectBelow(partition: number, end: number, faultAt: (position: Position) => unknown): void {
    for (const offset of [...(this.#waiting.get(partition)?.keys() ?? [])]) {
      if (offset >= end) continue
      const position = { partition, offset }
      for (const waiter of this.#release(position)) waiter.reject(faultAt(position))
    }
  }

  rejectAll(reason: unknown): void {
    for (const [partition] of this.#waiting)
      this.rejectBelow(partition, Number.POSITIVE_INFINITY, () => reason)
  }

  #release({ partition, offset }: Position): Waiter<Outcome>[] {
    const offsets = this.#waiting.get(partition)
    const waiters = offsets?.get(offset) ?? []
    offsets?.delete(offset)
    this.#count -= waiters.length
    return waiters
  }
}

function keyOf({ partition, offset }: Position): string {
  return `${partition}/${offset}`
}
