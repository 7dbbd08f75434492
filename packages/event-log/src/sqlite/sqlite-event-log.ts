import type { EncodedEvent } from '@sallyport/events'
import { ByteBudget, weightOf } from '../byte-budget.ts'
import type { LogDamage } from '../damage/log-damage.ts'
import { EventLogClosed } from '../errors.ts'
import { InFlight } from '../in-flight.ts'
import type { EventLog, Offsets, Position, ReadOptions, StoredRecord } from '../port.ts'
import { packRecords, unpackRecords } from './packed-records.ts'
import { SqliteThread } from './thread.ts'
import { type TailReader, TopicTail } from './topic-tail.ts'

export interface SqliteEventLogOptions {
  /** The database file; `-wal`, `-shm` and `.lock` lie beside it. Made, with its folder, if it is not there. */
  readonly path: string
  /** Bytes of appends in flight, beyond which `append` waits (default 64 MiB). */
  readonly maxBytesInFlight?: number
}

const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024

/**
 * A log in one file, one partition a topic, for one process at a time. Every acknowledged append has been synced.
 * Rejects with `EventLogLocked` while another instance has the file, `EventLogUnreadable` when it is damaged or
 * not a log, `EventLogUnavailable` when it cannot be opened. SQLite runs in a thread of its own. The offsets of all
 * topics are verified at once, and the end by the marks beside the file; `damage` says what was found.
 */
export async function sqliteEventLog(options: SqliteEventLogOptions): Promise<EventLog> {
  const thread = await SqliteThread.open(options.path)
  return new SqliteEventLog(thread, options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT)
}

class SqliteEventLog implements EventLog {
  readonly damage: readonly LogDamage[]
  readonly #thread: SqliteThread
  readonly #budget: ByteBudget
  readonly #tails = new Map<string, TopicTail>()
  readonly #inFlight = new InFlight()
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  constructor(thread: SqliteThread, maxBytes: number) {
    this.#thread = thread
    this.damage = thread.damage
    this.#budget = new ByteBudget(maxBytes)
    for (const [topic, end] of thread.ends) this.#tails.set(topic, new TopicTail(topic, end))
  }

  async append(topic: string, records: readonly EncodedEvent[]): Promise<Position[]> {
    this.#requireOpen()
    if (records.length === 0) return []
    const bytes = records.reduce((sum, record) => sum + weightOf(record), 0)
    await this.#budget.take(bytes)
    const appending = this.#append(topic, records).finally(() => this.#budget.release(bytes))
    return this.#inFlight.track(appending)
  }

  async *read(topic: string, options: ReadOptions): AsyncGenerator<StoredRecord[]> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal])
    const maxRecords = options.maxBatch ?? 1000
    const tail = this.#tailOf(topic)
    const reader: TailReader = { next: options.from === 'start' ? 0 : (options.from[0] ?? 0) }
    tail.join(reader)
    try {
      while (!signal.aborted) {
        if (reader.next >= tail.end) {
          await eventOrAbort(tail.advanced(), signal)
          continue
        }
        const records =
          tail.recent(reader, maxRecords) ?? (await this.#stored(topic, reader.next, maxRecords))
        if (signal.aborted) return
        reader.next = (records.at(-1)?.offset ?? reader.next) + 1
        tail.passed()
        yield records
      }
    } finally {
      tail.leave(reader)
    }
  }

  async ends(topic: string): Promise<Offsets> {
    this.#requireOpen()
    return { 0: this.#tails.get(topic)?.end ?? 0 }
  }

  async offsetsAt(topic: string, time: number): Promise<Offsets> {
    this.#requireOpen()
    const { offset } = await this.#inFlight.track(this.#thread.ask('offsetAt', { topic, time }))
    return { 0: offset }
  }

  async ping(): Promise<void> {
    this.#requireOpen()
    await this.#inFlight.track(this.#thread.ask('ping', {}))
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #append(topic: string, records: readonly EncodedEvent[]): Promise<Position[]> {
    const packed = packRecords(records)
    const appended = await this.#thread.ask('append', { topic, records: packed }, packed.values)
    const { firstOffset, appendedAt } = appended
    this.#tailOf(topic).took(firstOffset, appendedAt, records)
    return records.map((_, index) => ({ partition: 0, offset: firstOffset + index }))
  }

  async #stored(topic: string, from: number, maxRecords: number): Promise<StoredRecord[]> {
    const batch = await this.#inFlight.track(this.#thread.ask('read', { topic, from, maxRecords }))
    return unpackRecords(batch).map((record, index) => ({
      ...record,
      topic,
      partition: 0,
      offset: batch.offsets[index] ?? 0,
      appendedAt: batch.appendedAt[index] ?? 0,
    }))
  }

  #tailOf(topic: string): TopicTail {
    const known = this.#tails.get(topic) ?? new TopicTail(topic, 0)
    this.#tails.set(topic, known)
    return known
  }

  async #close(): Promise<void> {
    this.#budget.refuseWaiting(new EventLogClosed())
    this.#closing.abort()
    await this.#inFlight.settled()
    await this.#thread.close()
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw new EventLogClosed()
  }
}

/** Resolves with the event, and also when the signal aborts. */
async function eventOrAbort(event: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  signal.addEventListener('abort', wake, { once: true })
  await Promise.race([event, promise])
  signal.removeEventListener('abort', wake)
}
