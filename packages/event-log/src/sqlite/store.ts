import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LogDamage } from '../damage/log-damage.ts'
import { type OpenFile, openLogFile } from './file.ts'
import { type LogMark, type MarkedRecord, MarksFile, markOf } from './log-marks.ts'
import { concatenate, type PackedRecords } from './packed-records.ts'
import type { Appended, PackedBatch } from './protocol.ts'
import { damageOf } from './verify-file.ts'

/** The end of one topic: what the next record gets. `appendedAt` never goes back, even if the clock does. */
interface Tail {
  readonly topic: number
  next: number
  appendedAt: number
  last: MarkedRecord
}

/** A batch that is read ends at this many bytes, so that a thousand large values do not meet in memory. */
const BATCH_BYTES = 4 * 1024 * 1024

/** Of a topic without records. */
const NOTHING: MarkedRecord = { headers: '', value: new Uint8Array() }

const MAX_PING_BYTES = 1024 * 1024

type Row = [offset: number, appendedAt: number, key: string, headers: string, value: Uint8Array]

/** The log's tables. Everything here is synchronous and belongs in a thread of its own. */
export class SqliteStore {
  readonly #file: OpenFile
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #time: StatementSync
  readonly #marksFile: MarksFile
  readonly #marks = new Map<string, LogMark>()
  /** What is wrong with the file as it was opened. */
  readonly damage: readonly LogDamage[]
  #tails: ReadonlyMap<string, Tail>
  #uncheckpointed = 0
  /** The size of the last append if it failed. */
  #refusedBytes = 0

  /** Throws `FileRefused`. */
  constructor(path: string) {
    this.#file = openLogFile(path)
    this.#db = this.#file.db
    this.#insert = this.#db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)')
    this.#select = this.#db.prepare(
      'SELECT offset, appended_at, key, headers, value FROM records WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?',
    )
    this.#select.setReturnArrays(true)
    this.#time = this.#db.prepare(
      'SELECT offset, appended_at FROM records WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT 1',
    )
    this.#tails = this.#readTails()
    this.#marksFile = new MarksFile(`${path}.marks`)
    this.damage = damageOf(this.#db, this.#marksFile.read())
    if (this.damage.length === 0) this.mark()
  }

  /** Writes down, beside the file, how far the log has come. */
  mark(): void {
    for (const [topic, { next, last }] of this.#tails)
      if (next > 0 && this.#marks.get(topic)?.end !== next) this.#marks.set(topic, markOf(next, last))
    this.#marksFile.write(this.#marks)
  }

  ends(): Map<string, number> {
    return new Map([...this.#tails].map(([topic, tail]) => [topic, tail.next]))
  }

  /** Appends all groups in one transaction, synced before it returns. */
  append(
    groups: readonly { readonly topic: string; readonly records: PackedRecords }[],
    now: number,
  ): Appended[] {
    const tails = new Map([...this.#tails].map(([topic, tail]) => [topic, { ...tail }]))
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const appended = groups.map((group) => this.#insertGroup(tails, group.topic, group.records, now))
      this.#db.exec('COMMIT')
      this.#tails = tails
      this.#refusedBytes = 0
      return appended
    } catch (error) {
      // SQLite has rolled back by itself after some errors (disk full) and not after others.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#refusedBytes = groups.reduce((sum, { records }) => sum + records.values.byteLength, 0)
      throw error
    }
  }

  read(topic: string, from: number, maxRecords: number): PackedBatch {
    const batch = { offsets: [], appendedAt: [], keys: [], headers: [], lengths: [] } as Omit<
      PackedBatch,
      'values'
    >
    const values: Uint8Array[] = []
    const tail = this.#tails.get(topic)
    if (!tail) return { ...batch, values: new ArrayBuffer(0) }
    let bytes = 0
    for (const row of this.#select.iterate(
      tail.topic,
      from,
      maxRecords,
    ) as Iterable<unknown> as Iterable<Row>) {
      const [offset, appendedAt, key, headers, value] = row
      batch.offsets.push(offset)
      batch.appendedAt.push(appendedAt)
      batch.keys.push(key)
      batch.headers.push(headers)
      batch.lengths.push(value.byteLength)
      values.push(value)
      bytes += value.byteLength + headers.length
      if (bytes >= BATCH_BYTES) break
    }
    return { ...batch, values: concatenate(values) }
  }

  /** By halving: times never go back, so no index by time is needed. A record that is missing has the next one's time. */
  offsetAt(topic: string, time: number): number {
    const tail = this.#tails.get(topic)
    if (!tail) return 0
    let low = 0
    let high = tail.next
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const row = this.#time.get(tail.topic, middle) as { offset: number; appended_at: number } | undefined
      if (row !== undefined && row.appended_at < time) low = row.offset + 1
      else high = middle
    }
    return low
  }

  /** Writes and syncs as much as the last append was refused, so that a full or broken disk shows. */
  ping(now: number): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO pings VALUES (1, ?, zeroblob(?))')
      .run(now, Math.min(this.#refusedBytes, MAX_PING_BYTES))
    this.#refusedBytes = 0
  }

  /** The bytes appended since the last checkpoint. */
  uncheckpointed(): number {
    return this.#uncheckpointed
  }

  /** Copies the write-ahead log into the file; takes 20 to 95 ms after some megabytes. */
  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    this.#uncheckpointed = 0
  }

  close(): void {
    this.#marksFile.close()
    this.#file.close()
  }

  #insertGroup(tails: Map<string, Tail>, topic: string, records: PackedRecords, now: number): Appended {
    const tail = tails.get(topic) ?? this.#addTopic(tails, topic)
    const firstOffset = tail.next
    tail.appendedAt = Math.max(now, tail.appendedAt)
    let start = 0
    for (const [index, key] of records.keys.entries()) {
      const headers = records.headers[index] ?? '{}'
      const length = records.lengths[index] ?? 0
      const value = new Uint8Array(records.values, start, length)
      this.#insert.run(tail.topic, tail.next, tail.appendedAt, key, headers, value)
      tail.next += 1
      tail.last = { headers, value }
      start += length
      this.#uncheckpointed += length + headers.length + key.length
    }
    return { firstOffset, appendedAt: tail.appendedAt }
  }

  #addTopic(tails: Map<string, Tail>, name: string): Tail {
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO topics (name) VALUES (?)').run(name)
    const tail = { topic: Number(lastInsertRowid), next: 0, appendedAt: 0, last: NOTHING }
    tails.set(name, tail)
    return tail
  }

  #readTails(): Map<string, Tail> {
    const topics = this.#db.prepare('SELECT id, name FROM topics').all() as { id: number; name: string }[]
    const last = this.#db.prepare(
      'SELECT offset, appended_at, headers, value FROM records WHERE topic = ? ORDER BY offset DESC LIMIT 1',
    )
    return new Map(
      topics.map(({ id, name }) => {
        const row = last.get(id) as ({ offset: number; appended_at: number } & MarkedRecord) | undefined
        const next = row ? row.offset + 1 : 0
        return [name, { topic: id, next, appendedAt: row?.appended_at ?? 0, last: row ?? NOTHING }]
      }),
    )
  }
}
