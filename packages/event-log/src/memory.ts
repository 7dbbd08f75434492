import type { EncodedEvent } from '@sallyport/events'
import { EventLogClosed } from './errors.ts'
import type { EventLog, Offsets, ReadOptions, StoredRecord } from './port.ts'

/** A log that ends with the process, for tests: one partition a topic, the same contract as the durable ones. */
export function memoryEventLog(clock: () => number = Date.now): EventLog {
  const topics = new Map<string, StoredRecord[]>()
  const sleepers = new Set<() => void>()
  let closed = false

  const recordsOf = (topic: string): StoredRecord[] => {
    const known = topics.get(topic)
    if (known) return known
    const made: StoredRecord[] = []
    topics.set(topic, made)
    return made
  }
  const wakeAll = () => {
    for (const wake of sleepers) wake()
    sleepers.clear()
  }

  async function* read(topic: string, options: ReadOptions): AsyncGenerator<StoredRecord[]> {
    let next = options.from === 'start' ? 0 : (options.from[0] ?? 0)
    const maxBatch = options.maxBatch ?? 1000
    while (!closed && !options.signal.aborted) {
      const batch = recordsOf(topic).slice(next, next + maxBatch)
      if (batch.length > 0) {
        next += batch.length
        yield batch
      } else {
        await new Promise<void>((wake) => {
          sleepers.add(wake)
          options.signal.addEventListener('abort', () => wake(), { once: true })
        })
      }
    }
  }

  return {
    async append(topic, records) {
      if (closed) throw new EventLogClosed()
      const stored = recordsOf(topic)
      const positions = records.map((record: EncodedEvent) => {
        const position = { partition: 0, offset: stored.length }
        stored.push({ ...record, ...position, topic, appendedAt: clock() })
        return position
      })
      wakeAll()
      return positions
    },
    read,
    async ends(topic): Promise<Offsets> {
      return { 0: recordsOf(topic).length }
    },
    async offsetsAt(topic, time): Promise<Offsets> {
      const records = recordsOf(topic)
      const index = records.findIndex((record) => record.appendedAt >= time)
      return { 0: index < 0 ? records.length : index }
    },
    async ping() {
      if (closed) throw new EventLogClosed()
    },
    async close() {
      closed = true
      wakeAll()
    },
  }
}
