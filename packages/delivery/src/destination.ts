import type { OffsetRange, RecordBatch } from './batch.ts'

export interface Attempt {
  /** 1 for the first attempt of this batch since the process started. */
  readonly number: number
  /** Given when the attempt took too long, when another instance takes over, or when the consumer stops. */
  readonly signal: AbortSignal
}

/**
 * Where events are delivered. `deliver` resolves when the destination has the whole batch, and only then. One batch of a
 * partition is on its way at a time, so a destination that keeps the order of its calls keeps the order of each key.
 *
 * - It throws `EventRefused` for what another attempt would meet again: the batch is halved until the event at fault is
 *   alone, which becomes a dead letter.
 * - It throws anything else for what may succeed later: the same batch is tried again. `DestinationFailed` can say when.
 * - A batch may come again after a crash. `stableBatches` makes it come again with the same first and last offset.
 */
export interface Destination<B extends OffsetRange> {
  deliver(batch: B, attempt: Attempt): Promise<void>
}

/** Takes the records themselves. */
export interface RecordsDestination extends Destination<RecordBatch> {
  readonly takes: 'records'
}

/** Is told which offsets are new, and reads them from the log by itself. */
export interface RangesDestination extends Destination<OffsetRange> {
  readonly takes: 'ranges'
}

export type AnyDestination = RecordsDestination | RangesDestination
