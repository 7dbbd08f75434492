import type { EncodedEvent } from '@sallyport/events'
import { ByteBudget, weightOf } from '../byte-budget.ts'
import { EventLogClosed } from '../errors.ts'
import { InFlight } from '../in-flight.ts'
import type { EventLog, Offsets, Position, ReadOptions, StoredRecord } from '../port.ts'
import { packRecords, unpackRecords } from './packed-records.ts'
import { RecentRecords } from './recent-records.ts'
import { SqliteThread } from './thread.ts'

export interface SqliteEventLogOptions {
  /** The database file; `-wal`, `-shm` and `.lock` lie beside it. Made, with its folder, if it is not there. */
  readonly path: string
  /** Bytes of appends in flight, beyond which `append` waits (default 64 MiB). */
  readonly maxBytesInFlight?: number
}

const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024

/** What is kept of each topic's end in memory. */
const RECENT_BYTES = 2 * 1024 * 1024

/**
 * A log in one file, one partition a topic, for one process at a time. Every acknowledged append has been synced.
 * Rejects with `EventLogLocked` while another instance has the file, `EventLogUnreadable` when it is damaged or
 * not a log, `EventLogUnavailable` when it cannot be opened. SQLite runs in a thread of its own.
 */
export async function sqliteEventLog(options: SqliteEventLogOptions): Promise<EventLog> {
  const thread = await SqliteThread.open(options.path)
  return new SqliteEventLog(thread, options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT)
}

class SqliteEventLog implements EventLog {
  readonly #thread: SqliteThread
  readonly #budget: ByteBudget
  readonly #ends: Map<string, number>
  readonly #recent = new Map<string, RecentRecords>()
  readonly #inFlight = new InFlight()
  readonly #closing = new AbortController()
  #advanced = Promise.withResolvers<void>()
  #closed: Promise<void> | undefined

  constructor(thread: SqliteThread, maxBytes: number) {
    this.#thread = thread
    this.#budget = new ByteBudget(maxBytes)
    this.#ends = new Map(thread.ends)
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
    let from = options.from === 'start' ? 0 : (options.from[0] ?? 0)
    while (!signal.aborted) {
      const advanced = this.#advanced.promise
      if (from >= (this.#ends.get(topic) ?? 0)) {
        await unlessAborted(advanced, signal)
        continue
      }
      const records =
        this.#recent.get(topic)?.from(from, maxRecords) ?? (await this.#stored(topic, from, maxRecords))
      if (signal.aborted) return
      from = (records.at(-1)?.offset ?? from) + 1
      yield records
    }
  }

  async ends(topic: string): Promise<Offsets> {
    this.#requireOpen()
    return { 0: this.#ends.get(topic) ?? 0 }
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
    const recent = this.#recent.get(topic) ?? new RecentRecords(RECENT_BYTES)
    this.#recent.set(topic, recent)
    recent.add(
      records.map(({ key, headers, value }, index) => {
        return { key, headers, value, topic, partition: 0, offset: firstOffset + index, appendedAt }
      }),
    )
    this.#ends.set(topic, Math.max(firstOffset + records.length, this.#ends.get(topic) ?? 0))
    this.#advanced.resolve()
    this.#advanced = Promise.withResolvers()
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

async function unlessAborted(event: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  signal.addEventListener('abort', wake, { once: true })
  await Promise.race([event, promise])
  signal.removeEventListener('abort', wake)
}
