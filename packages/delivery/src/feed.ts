import type { StoredRecord } from '@sallyport/event-log'
import type { BatchLimits, OffsetRange, RecordBatch } from './batch.ts'
import type { Marks } from './checkpoints.ts'

/** What one instance of a consumer asks of the engine's feed. */
export interface Subscription {
  /** The same for all instances of a consumer: letters, digits, `.`, `_` and `-`. */
  readonly name: string
  readonly topics: readonly string[]
  readonly takes: 'records' | 'ranges'
  /** Records that are not wanted are passed over. Not asked for ranges. */
  readonly wants: (record: StoredRecord) => boolean
  /** Where a partition without a mark begins: the oldest record, or the first that was appended at this time. */
  readonly from: 'start' | number
  readonly limits: BatchLimits
  /** A batch that was begun comes again after a crash with the same first and last offset. */
  readonly stableBatches: boolean
  /**
   * Given one batch of a partition at a time. Resolves when it is dealt with, and the mark moves. Rejects only once its
   * signal is given: the mark stays.
   */
  readonly work: (batch: OffsetRange | RecordBatch, signal: AbortSignal) => Promise<void>
  /** Told that everything before `next` is dealt with, wanted or not. */
  readonly passed: (topic: string, partition: number, next: number) => void
  /** Told whether this instance is the one that works, or one that waits to take over. */
  readonly active: (active: boolean) => void
  /** Told why nothing can be read at present; undefined when it can again. */
  readonly fault: (reason: string | undefined) => void
}

/**
 * Gives a consumer's batches to one instance at a time: of a partition, in order, each until it was dealt with. When
 * that instance ends, however it ends, another goes on at the marks.
 */
export interface Feed {
  /** Resolves when the signal is given and no work is under way any more. Never rejects: it outlives lost engines. */
  run(subscription: Subscription, signal: AbortSignal): Promise<void>
  /** The marks that are saved, whichever instance saved them. */
  marks(consumer: string, topic: string): Promise<Marks>
  /** Drops the marks of a consumer that runs nowhere any more. */
  forget(consumer: string): Promise<void>
}
