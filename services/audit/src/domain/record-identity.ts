import type { StoredRecord } from '@sallyport/event-log'
import { DEFAULT_TENANT, type EncodedEvent } from '@sallyport/events'

/** Whose record it is; one that does not say belongs to the default tenant. */
export function tenantOf({ headers }: EncodedEvent): string {
  return headers['ce_tenant'] || DEFAULT_TENANT
}

/** The id of a record, also of one that has none. */
export function eventIdOf({ headers, topic, partition, offset }: StoredRecord): string {
  return headers['ce_id'] || `${topic}/${partition}/${offset}`
}

/** The columns hold instants from 1970 on, and before 2200. */
const EARLIEST = Date.UTC(1970, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)
/** RFC 3339, UTC, with milliseconds. */
const INSTANT_LENGTH = 24

/** When a record says that it happened, in milliseconds; when the log took it where it says nothing that a column holds. */
export function instantOf({ headers, appendedAt }: StoredRecord): number {
  const said = headers['ce_time'] ?? ''
  const parsed = said.length === INSTANT_LENGTH && said.endsWith('Z') ? Date.parse(said) : Number.NaN
  return parsed >= EARLIEST && parsed < LATEST ? parsed : Math.trunc(appendedAt)
}
