import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Offsets } from '@sallyport/event-log'

const SHAPE = /^(\d{1,4}\.\d{1,15}(?:_\d{1,4}\.\d{1,15}){0,255})-([0-9a-f]{16})$/

/**
 * A place in the stream of approvals as a text: how far its reader has seen each partition of the log, so it is good at
 * every instance and after a restart. The tag says which installation it is of: another one's is not taken for ours.
 */
export class StreamIds {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  encode(offsets: Offsets): string {
    const places = Object.entries(offsets).map(([partition, offset]) => `${partition}.${offset}`)
    const text = places.join('_') || '0.0'
    return `${text}-${this.#tag(text)}`
  }

  /** Undefined where this installation has not made it. */
  decode(id: string): Offsets | undefined {
    const [, text, tag] = SHAPE.exec(id) ?? []
    if (text === undefined || tag === undefined) return undefined
    if (!timingSafeEqual(Buffer.from(tag), Buffer.from(this.#tag(text)))) return undefined
    return Object.fromEntries(text.split('_').map((place) => place.split('.').map(Number)))
  }

  #tag(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 16)
  }
}
