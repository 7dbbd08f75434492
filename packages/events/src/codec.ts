import { createHash } from 'node:crypto'
import { isWellFormed } from '@sallyport/runtime'
import { EVENTS, isEventType } from './catalog.ts'
import { checkRead, checkWritten } from './checks.ts'
import { MalformedEvent, UnknownEvent } from './errors.ts'
import type { AnyNewEvent, SallyportEvent, Stamp } from './event.ts'
import { upcast } from './upcast.ts'
import { UPCASTERS } from './upcasters/index.ts'

/** An event as the log carries it: CloudEvents 1.0 binary mode, attributes as `ce_…` headers (Kafka protocol binding). */
export interface EncodedEvent {
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: Uint8Array
}

export const GENESIS_HASH = '0'.repeat(64)

/** Encodes and checks an event. Throws `MalformedEvent` when its data are not exactly what its type's schema says. */
export function encodeEvent(event: AnyNewEvent, stamp: Stamp): EncodedEvent {
  const definition = EVENTS[event.type]
  checkWritten(event.type, definition, event.data)
  const value = JSON.stringify(event.data)
  // Cheap, and nearly always enough: only half a surrogate pair is written as such an escape.
  if (value.includes('\\ud') && !isWellFormed(event.data))
    throw new MalformedEvent(`data of ${event.type}: a text is not Unicode`)
  return {
    key: event.key,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_type: event.type,
      ce_source: event.source,
      ce_subject: event.subject,
      ce_time: event.time,
      ce_dataschema: schemaUri(event.type),
      ce_critical: String(definition.criticality === 'critical'),
      ce_tenant: event.tenant,
      ce_partitionkey: event.key,
      ce_producer: stamp.producer,
      ce_epoch: String(stamp.epoch),
      ce_seq: String(stamp.seq),
      ce_prevhash: stamp.prevHash,
      ...(event.late ? { ce_late: 'true' } : {}),
    },
    value: Buffer.from(value),
  }
}

/**
 * Reads a record back, whatever version of its type it was written in, as the version that is written now. Members
 * that this release does not know are kept. Throws `MalformedEvent` or `UnknownEvent`; never returns a half-read
 * event. Readers of a log use `readRecord`, which also says what to do with a record that cannot be read.
 */
export function decodeEvent(record: EncodedEvent): SallyportEvent {
  const written = attribute(record, 'ce_type')
  if (!isEventType(written) && !UPCASTERS.has(written)) throw new UnknownEvent(written)
  if (attribute(record, 'ce_specversion') !== '1.0') throw new MalformedEvent('specversion is not 1.0')
  const { type, data } = upcast(written, parse(record.value))
  if (!isEventType(type)) throw new UnknownEvent(type)
  checkRead(type, EVENTS[type], data)
  return {
    id: attribute(record, 'ce_id'),
    type,
    source: attribute(record, 'ce_source'),
    subject: attribute(record, 'ce_subject'),
    time: instant(record),
    tenant: attribute(record, 'ce_tenant'),
    key: record.key,
    ...(record.headers['ce_late'] === 'true' ? { late: true } : {}),
    stamp: {
      producer: attribute(record, 'ce_producer'),
      epoch: count(record, 'ce_epoch'),
      seq: count(record, 'ce_seq'),
      prevHash: attribute(record, 'ce_prevhash'),
    },
    data,
  } as unknown as SallyportEvent
}

/** SHA-256 (hex) over the sorted headers, the key and the exact value bytes: what the next event's `prevhash` names. */
export function recordHash(record: EncodedEvent): string {
  const hash = createHash('sha256')
  const names = Object.keys(record.headers).sort()
  hash.update(JSON.stringify([record.key, names.map((name) => [name, record.headers[name]])]))
  hash.update('\n')
  hash.update(record.value)
  return hash.digest('hex')
}

/** The identifier of the JSON Schema published under proto/events. */
export function schemaUri(type: string): string {
  return `urn:sallyport:event:${type}`
}

function attribute(record: EncodedEvent, name: string): string {
  const value = record.headers[name]
  if (value === undefined || value === '') throw new MalformedEvent(`attribute ${name} is missing`)
  return value
}

function count(record: EncodedEvent, name: string): number {
  const value = Number(attribute(record, name))
  if (!Number.isSafeInteger(value) || value < 0) throw new MalformedEvent(`attribute ${name} is not a count`)
  return value
}

function instant(record: EncodedEvent): string {
  const value = attribute(record, 'ce_time')
  if (Number.isNaN(Date.parse(value))) throw new MalformedEvent('attribute ce_time is not an instant')
  return value
}

function parse(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
  } catch (cause) {
    throw new MalformedEvent('the value is not JSON', { cause })
  }
}
