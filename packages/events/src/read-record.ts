import { type Criticality, EVENTS, TOPICS } from './catalog.ts'
import { decodeEvent, type EncodedEvent } from './codec.ts'
import { ForeignEvent, MalformedEvent, UnknownEvent } from './errors.ts'
import type { SallyportEvent } from './event.ts'
import { definitionOf } from './versions.ts'

/** What came of reading one record of the log. */
export type Reading =
  | { readonly kind: 'event'; readonly event: SallyportEvent }
  | {
      readonly kind: 'unread'
      readonly fault: UnreadFault
      /** `critical`: a fold of the topic must stop here. `passable`: it may pass over the record, and counts it. */
      readonly criticality: Criticality
    }

/** Why a record cannot be read. */
export type UnreadFault = MalformedEvent | UnknownEvent | ForeignEvent

interface PlacedRecord extends EncodedEvent {
  readonly topic: string
}

/**
 * The one rule for every reader of the log. This release cannot read a record whose type it does not know, or that is
 * not an event at all. Nor can it read a known member with a value that the schema does not have; a later release may
 * have added a word to an enumeration. The reader's next step depends on the kind of event, and not on the reason.
 */
export function readRecord(record: PlacedRecord): Reading {
  try {
    const event = decodeEvent(record)
    if (EVENTS[event.type].topic !== record.topic) throw new ForeignEvent(event.type, record.topic)
    return { kind: 'event', event }
  } catch (fault) {
    if (!isUnreadFault(fault)) throw fault
    return { kind: 'unread', fault, criticality: criticalityOf(record) }
  }
}

/**
 * Of a type that belongs on this topic, what this release says. Of any other, what its writer said in `ce_critical`.
 * Where nobody says it, the topic decides: only the record of what agents did, and of what was not delivered, may
 * lack an event.
 */
function criticalityOf({ headers, topic }: PlacedRecord): Criticality {
  const type = headers['ce_type'] ?? ''
  const known = definitionOf(type)
  if (known?.topic === topic) return known.criticality
  const said = headers['ce_critical']
  if (type !== '' && said === 'false') return 'passable'
  if (type !== '' && said === 'true') return 'critical'
  return topic === TOPICS.actions || topic === TOPICS.deadLetters ? 'passable' : 'critical'
}

function isUnreadFault(fault: unknown): fault is UnreadFault {
  return fault instanceof MalformedEvent || fault instanceof UnknownEvent || fault instanceof ForeignEvent
}
