import type { StoredRecord } from '@sallyport/event-log'
import { type EncodedEvent, readRecord, type SallyportEvent } from '@sallyport/events'
import { eventIdOf, instantOf, tenantOf } from '../domain/record-identity.ts'
import { wordsOf } from '../domain/search-words.ts'
import { factsOf } from './expected-facts.ts'

/** The columns of `events` that are not empty for one record; ClickHouse fills in the others. */
export type EventRow = Readonly<Record<string, unknown>> & {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * The row that a record has to become, made by a program: the tables are filled by a query, and have to say the same. It
 * depends on the record alone. One that cannot be read, critical or not, becomes a row that says
 * why: nothing is decided by the rows, and nothing of the record may be missing in them.
 */
export function rowOf(record: StoredRecord): EventRow {
  const reading = readRecord(record)
  return reading.kind === 'event' ? decodedRow(record, reading.event) : rawRow(record, reading.fault.message)
}

/** Whether a row says no more than the bytes of its record. */
export function isRaw(row: EventRow): boolean {
  return row['undecodable'] !== undefined
}

/** The row of a record nothing is read from but its headers: exact bytes, and the reason. */
function rawRow(record: StoredRecord, reason: string): EventRow {
  const { ce_type, ce_source, ce_producer } = record.headers
  return {
    ...positionOf(record),
    tenant: tenantOf(record),
    time: instantOf(record),
    event_id: eventIdOf(record),
    type: 'unknown',
    source: ce_source ?? '',
    producer: ce_producer ?? '',
    undecodable: reason,
    search_text: wordsOf([reason, ce_type ?? '', ce_source ?? ''].join(' ')).join(' '),
    ...exact(record),
  }
}

/** Its type is the one it was written as; what the columns say is of the version that is written now. */
function decodedRow(record: StoredRecord, event: SallyportEvent): EventRow {
  return {
    ...positionOf(record),
    tenant: event.tenant,
    time: instantOf(record),
    event_id: event.id,
    type: record.headers['ce_type'],
    source: event.source,
    subject: event.subject,
    producer: event.stamp.producer,
    epoch: event.stamp.epoch,
    seq: event.stamp.seq,
    prev_hash: event.stamp.prevHash,
    ...factsOf(event),
    ...exact(record),
  }
}

function positionOf(record: StoredRecord) {
  return {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    appended_at: Math.trunc(record.appendedAt),
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function exact(record: EncodedEvent) {
  return { record_key: record.key, headers: JSON.stringify(record.headers), ...textOf(record.value) }
}

function textOf(value: Uint8Array): { value: string; value_encoding?: 'base64' } {
  try {
    return { value: utf8.decode(value) }
  } catch {
    return { value: Buffer.from(value).toString('base64'), value_encoding: 'base64' }
  }
}

/** The columns that `recordOf` needs, as read from `events`. */
export interface ExactColumns {
  readonly record_key: string
  readonly headers: string
  readonly value: string
  readonly value_encoding: 'utf8' | 'base64'
}

/** The record a row was made of, byte for byte: `recordHash` of it is that of the log's. */
export function recordOf(row: ExactColumns): EncodedEvent {
  return {
    key: row.record_key,
    headers: JSON.parse(row.headers) as Record<string, string>,
    value: Buffer.from(row.value, row.value_encoding),
  }
}
