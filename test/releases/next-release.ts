import type { AnyNewEvent } from '@sallyport/events'
import { type EncodedEvent, encodeEvent, GENESIS_HASH, recordHash } from '@sallyport/events'

/**
 * Writes as the release after this one might: with members at every depth that this one does not know, and with types
 * and words that this one does not know. It stamps its chain as every producer does.
 */
export class NextRelease {
  readonly #producer: string
  #seq = 0
  #prevHash = GENESIS_HASH

  constructor(producer: string) {
    this.#producer = producer
  }

  /** An event that this release knows, with members that it does not. */
  widened(event: AnyNewEvent): EncodedEvent {
    return this.#stamped(event, widen(event.data) as object, {})
  }

  /** An event that this release knows, with other data. */
  changed(event: AnyNewEvent, data: object): EncodedEvent {
    return this.#stamped(event, { ...event.data, ...data }, {})
  }

  /** An event of a type that this release does not know. */
  unknown(event: AnyNewEvent, type: string, critical: boolean | undefined): EncodedEvent {
    return this.#stamped(event, { anything: true }, { ce_type: type, ce_critical: critical })
  }

  #stamped(
    event: AnyNewEvent,
    data: object,
    other: { readonly ce_type?: string; readonly ce_critical?: boolean | undefined },
  ): EncodedEvent {
    const stamp = { producer: this.#producer, epoch: 1, seq: this.#seq++, prevHash: this.#prevHash }
    const { key, headers } = encodeEvent(event, stamp)
    const said: Record<string, string> = { ...headers, ce_later: 'a later attribute' }
    if (other.ce_type !== undefined) said['ce_type'] = other.ce_type
    if ('ce_critical' in other) delete said['ce_critical']
    if (other.ce_critical !== undefined) said['ce_critical'] = String(other.ce_critical)
    const record = { key, headers: said, value: Buffer.from(JSON.stringify(data)) }
    this.#prevHash = recordHash(record)
    return record
  }
}

/** One more member in every object, at every depth. Data that an agent sent is not changed. */
function widen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(widen)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => [
    name,
    name === 'arguments' ? member : widen(member),
  ])
  return { ...Object.fromEntries(members), later: { why: 'a later release', of: [1] } }
}
