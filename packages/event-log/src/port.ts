import type { EncodedEvent } from '@sallyport/events'
import type { LogDamage } from './damage/log-damage.ts'

/** Where a record stands. Offsets grow by one in a partition; partitions are numbered from 0. */
export interface Position {
  readonly partition: number
  readonly offset: number
}

/** For each partition, the offset of the next record to read (or to be written, for `ends`). */
export type Offsets = Readonly<Record<number, number>>

/** A record as the log gives it back: the exact key, headers and bytes that were appended. */
export interface StoredRecord extends EncodedEvent, Position {
  readonly topic: string
  /** When the log took it, in milliseconds since the epoch. */
  readonly appendedAt: number
}

export interface ReadOptions {
  /** Where to begin: `start`, or the next offset of each partition (a partition left out is read from its start). */
  readonly from: 'start' | Offsets
  /** At most this many records in a batch (default 1000). */
  readonly maxBatch?: number
  /** Ends the iteration; it returns, and does not throw. */
  readonly signal: AbortSignal
}

/**
 * The log: the truth everything else is folded from.
 *
 * - `append` resolves once the records are durable, and rejects with `EventLogUnavailable` when that is not
 *   known; the records of one call with one key keep their order. Appends in flight are bounded: a call waits
 *   for room, and `EventLogClosed` ends it when the log closes first.
 * - `read` yields batches without end, in order within a partition, each record once for one reader, and waits
 *   at the end for what comes; it takes the next batch only when asked, so a slow reader holds nothing in memory.
 *   It outlives a lost connection. It rejects with `EventLogUnavailable` for a topic that does not exist, and with
 *   `EventLogDamaged` where the log ends before what was read.
 * - `close` refuses new appends, waits for those in flight, ends the readers.
 */
export interface EventLog {
  append(topic: string, records: readonly EncodedEvent[]): Promise<Position[]>
  read(topic: string, options: ReadOptions): AsyncIterable<StoredRecord[]>
  /** The next offset to be written, for each partition. */
  ends(topic: string): Promise<Offsets>
  /** The first offset whose record was appended at or after `time` (milliseconds), for each partition. */
  offsetsAt(topic: string, time: number): Promise<Offsets>
  /**
   * Where the records of these keys go, for a log with several partitions. An append whose records are ordered by
   * it leaves, if it fails half-way, the first of them in the log and no hole.
   */
  partitionsOf?(topic: string, keys: readonly string[]): Promise<number[]>
  /** What was wrong with it when it was opened; `requireWhole` refuses what no operator has accepted. */
  readonly damage?: readonly LogDamage[]
  /** Rejects with `EventLogUnavailable` and its reason when the log cannot take an append now. */
  ping(): Promise<void>
  close(): Promise<void>
}
