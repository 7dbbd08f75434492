import type { EventLog, Offsets, StoredRecord } from '../port.ts'

/** Reads until at least `count` records came. */
export async function collect(
  log: EventLog,
  topic: string,
  from: 'start' | Offsets,
  count: number,
  maxBatch = 1000,
): Promise<StoredRecord[]> {
  const read: StoredRecord[] = []
  const abort = new AbortController()
  for await (const batch of log.read(topic, { from, maxBatch, signal: abort.signal })) {
    read.push(...batch)
    if (read.length >= count) abort.abort()
  }
  return read
}

/** The offsets after these records. */
export function advance(from: 'start' | Offsets, records: readonly StoredRecord[]): Offsets {
  const next: Record<number, number> = from === 'start' ? {} : { ...from }
  for (const { partition, offset } of records) next[partition] = offset + 1
  return next
}

/** A reader from the start that is asked batch by batch. */
export function readerOf(log: EventLog, topic: string) {
  const abort = new AbortController()
  const iterator = log.read(topic, { from: 'start', signal: abort.signal })[Symbol.asyncIterator]()
  return {
    async next(): Promise<StoredRecord[]> {
      const { done, value } = await iterator.next()
      if (done) throw new Error('the reader ended')
      return value
    },
    async [Symbol.asyncDispose]() {
      abort.abort()
      await iterator.return?.()
    },
  }
}

/** How many records a reader had when it ended. */
export async function drain(log: EventLog, topic: string, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const batch of log.read(topic, { from: 'start', signal })) count += batch.length
  return count
}
