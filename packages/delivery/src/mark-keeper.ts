import type { Offsets } from '@sallyport/event-log'
import type { OffsetRange } from './batch.ts'
import type { Checkpoints, Mark, Marks } from './checkpoints.ts'
import { AheadOfLog } from './errors.ts'

/** Milliseconds between two saves of records that were only passed over. To pass over them again costs little. */
const SAVE_IDLE_MS = 1000

/** The marks of one topic that one instance follows, and when they are saved. */
export class MarkKeeper {
  readonly #checkpoints: Checkpoints
  readonly #consumer: string
  readonly #topic: string
  #marks: Record<number, Mark> = {}
  readonly #unsaved = new Set<number>()
  #savedAt = 0

  constructor(checkpoints: Checkpoints, consumer: string, topic: string) {
    this.#checkpoints = checkpoints
    this.#consumer = consumer
    this.#topic = topic
  }

  /**
   * A partition without a mark begins at `first`. A mark that is ahead of the log is taken back to its end: what comes
   * there is new. Resolves with what was taken back. Rejects with `AheadOfLog` where the destination has it already.
   */
  async load(first: Offsets, ends: () => Promise<Offsets>): Promise<readonly AheadOfLog[]> {
    const begin = Object.fromEntries(Object.entries(first).map(([partition, next]) => [partition, { next }]))
    this.#marks = { ...begin, ...(await this.#checkpoints.load(this.#consumer, this.#topic)) }
    const ahead: AheadOfLog[] = []
    for (const [text, end] of Object.entries(await ends())) {
      const partition = Number(text)
      const next = this.#marks[partition]?.next ?? 0
      if (next <= end) continue
      ahead.push(new AheadOfLog(this.#consumer, this.#topic, partition, next, end))
      if (this.#checkpoints.fixed) throw ahead[0]
      await this.#save(partition, { next: end })
    }
    return ahead
  }

  /** Where each partition goes on. */
  offsets(): Offsets {
    return Object.fromEntries(Object.entries(this.#marks).map(([partition, { next }]) => [partition, next]))
  }

  /** Moves while batches are dealt with. */
  all(): Marks {
    return this.#marks
  }

  /** The batch will come again as it is, until it is passed. */
  async begin({ partition, from, to }: OffsetRange): Promise<void> {
    await this.#save(partition, { next: from, until: to })
  }

  /** Saved at once, unless the batch had nothing that was wanted. */
  async pass({ partition, to }: OffsetRange, idle: boolean): Promise<void> {
    if (idle && performance.now() - this.#savedAt < SAVE_IDLE_MS) {
      this.#marks[partition] = { next: to }
      this.#unsaved.add(partition)
      return
    }
    await this.#save(partition, { next: to })
  }

  async flush(): Promise<void> {
    for (const partition of [...this.#unsaved]) {
      const mark = this.#marks[partition]
      if (mark) await this.#save(partition, mark)
    }
  }

  async #save(partition: number, mark: Mark): Promise<void> {
    await this.#checkpoints.save(this.#consumer, this.#topic, partition, mark)
    this.#marks[partition] = mark
    this.#unsaved.delete(partition)
    this.#savedAt = performance.now()
  }
}
