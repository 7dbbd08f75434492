import type { StoredRecord } from '@sallyport/event-log'

/** The offsets `from` up to, and without, `to` of one partition. Never empty. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** Consecutive records of one partition, as the log has them. A record that was not wanted is left out. */
export interface RecordBatch extends OffsetRange {
  readonly records: readonly StoredRecord[]
}

/** Where a batch ends. The first bound that is reached closes it. */
export interface BatchLimits {
  /** Records, or offsets of a range. */
  readonly maxCount: number
  /** Bytes of keys and values. A range has no bytes. A record that is larger goes alone. */
  readonly maxBytes: number
  /** How long the first record waits for others, in milliseconds. */
  readonly lingerMs: number
  /** A range that has this many offsets when its time is up waits longer, so long in all: every delivery has a price. */
  readonly busy?: { readonly count: number; readonly lingerMs: number }
}

export const DEFAULT_LIMITS: BatchLimits = { maxCount: 1000, maxBytes: 4 * 1024 * 1024, lingerMs: 200 }

/** The bytes that a record counts for. */
export function bytesOf({ key, value }: StoredRecord): number {
  return key.length + value.byteLength
}

/** The batch in two parts, or undefined where it cannot be parted further. */
export function halves<B extends OffsetRange>(batch: B): readonly [B, B] | undefined {
  const records = recordsOf(batch)
  const middle = records ? records[records.length >> 1]?.offset : batch.from + ((batch.to - batch.from) >> 1)
  if (middle === undefined || (records?.length ?? batch.to - batch.from) < 2) return undefined
  const part = (from: number, to: number): B => ({
    ...batch,
    from,
    to,
    ...(records ? { records: records.filter(({ offset }) => offset >= from && offset < to) } : {}),
  })
  return [part(batch.from, middle), part(middle, batch.to)]
}

/** The records of a batch; undefined for a range. */
export function recordsOf(batch: OffsetRange): readonly StoredRecord[] | undefined {
  return 'records' in batch ? (batch as RecordBatch).records : undefined
}
