import type { StoredRecord } from '@sallyport/event-log'
import { type EventOf, readRecord } from '@sallyport/events'

export type Replay = EventOf<'sallyport.delivery.replay_requested.v1'>['data']

/** What a record asks to deliver again; undefined for any other record. */
export function replayOf(record: StoredRecord): Replay | undefined {
  if (record.headers['ce_type'] !== 'sallyport.delivery.replay_requested.v1') return undefined
  const reading = readRecord(record)
  if (reading.kind !== 'event' || reading.event.type !== 'sallyport.delivery.replay_requested.v1')
    return undefined
  return reading.event.data
}
