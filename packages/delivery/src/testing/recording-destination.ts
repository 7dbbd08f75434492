import type { StoredRecord } from '@sallyport/event-log'
import type { RecordBatch } from '../batch.ts'
import type { Attempt, RecordsDestination } from '../destination.ts'

/** A destination in memory: what it was given, in order, and what it does about the next batch. */
export class RecordingDestination implements RecordsDestination {
  readonly takes = 'records'
  /** Batches that were confirmed. */
  readonly batches: RecordBatch[] = []
  /** Batches that were attempted, confirmed or not. */
  readonly attempts: RecordBatch[] = []
  /** The most that was ever under way at once for one partition. */
  mostAtOnce = 0
  readonly #underWay = new Map<string, number>()
  readonly #act: (batch: RecordBatch, attempt: Attempt) => Promise<void> | void

  constructor(act: (batch: RecordBatch, attempt: Attempt) => Promise<void> | void = () => {}) {
    this.#act = act
  }

  get records(): StoredRecord[] {
    return this.batches.flatMap(({ records }) => records)
  }

  async deliver(batch: RecordBatch, attempt: Attempt): Promise<void> {
    const place = `${batch.topic}/${batch.partition}`
    const count = (this.#underWay.get(place) ?? 0) + 1
    this.#underWay.set(place, count)
    this.mostAtOnce = Math.max(this.mostAtOnce, count)
    this.attempts.push(batch)
    try {
      await this.#act(batch, attempt)
      this.batches.push(batch)
    } finally {
      this.#underWay.set(place, (this.#underWay.get(place) ?? 1) - 1)
    }
  }
}

/** A door that lets nobody through until it is opened. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { passed: promise, open: resolve }
}
