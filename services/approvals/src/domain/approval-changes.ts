import type { Offsets, Position } from '@sallyport/event-log'

/** So many more entries than approvals are kept before those of forgotten ones are swept out. */
const SWEEP_AT = 1000

/**
 * Where in the log each approval changed last. So whoever has seen the log up to some offsets can be told of everything
 * that changed since, what ended included, and no history is kept for it: an approval is always told whole.
 */
export class ApprovalChanges {
  /** In the order of the changes. */
  readonly #last = new Map<string, Position>()
  /** For each partition, from which offset on all changes are known. */
  readonly #knownFrom: Record<number, number> = {}

  /** To be called for every record, in order, with the ids of the approvals that it changed. */
  note({ partition, offset }: Position, changed: readonly string[]): void {
    // The head of a log may not be kept.
    this.#knownFrom[partition] ??= offset
    for (const id of changed) {
      this.#last.delete(id)
      this.#last.set(id, { partition, offset })
    }
  }

  /** Sweeps out what is forgotten, now and then; `isKept` says of an id whether it is not, and `kept` how many are. */
  sweep(kept: number, isKept: (id: string) => boolean): void {
    if (this.#last.size <= 2 * kept + SWEEP_AT) return
    for (const [id, { partition, offset }] of this.#last) {
      if (isKept(id)) continue
      this.#last.delete(id)
      this.#knownFrom[partition] = Math.max(this.#knownFrom[partition] ?? 0, offset + 1)
    }
  }

  /**
   * The ids of what changed from `offsets` on, in the order of the last changes. Undefined where something changed that
   * is forgotten: then only a new beginning tells the truth.
   */
  since(offsets: Offsets, isKept: (id: string) => boolean): string[] | undefined {
    const seen = (partition: number) => offsets[partition] ?? 0
    for (const [partition, first] of Object.entries(this.#knownFrom))
      if (seen(Number(partition)) < first) return undefined
    const changed: string[] = []
    for (const [id, { partition, offset }] of this.#last) {
      if (offset < seen(partition)) continue
      if (!isKept(id)) return undefined
      changed.push(id)
    }
    return changed
  }
}
