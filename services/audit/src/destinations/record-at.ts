import { EventRefused } from '@sallyport/delivery'
import type { EventLog, StoredRecord } from '@sallyport/event-log'

export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** The record at a place of the log. Throws `EventRefused` where it is not there (any more). */
export async function recordAt(log: EventLog, place: Place, signal: AbortSignal): Promise<StoredRecord> {
  const { topic, partition, offset } = place
  const ends = await log.ends(topic)
  if (offset < (ends[partition] ?? 0)) {
    const found = new AbortController()
    const from = { ...ends, [partition]: offset }
    const reading = log.read(topic, { from, maxBatch: 1, signal: AbortSignal.any([signal, found.signal]) })
    for await (const records of reading) {
      const [record] = records.filter((one) => one.partition === partition)
      if (!record) continue
      found.abort()
      if (record.offset === offset) return record
      break
    }
    signal.throwIfAborted()
  }
  throw new EventRefused(`the event ${topic} ${partition}/${offset} is not in the log any more`)
}
