import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { upstreamDigest } from '@sallyport/control'
import type { RequestId } from '@sallyport/jsonrpc'
import type { McpCall } from '../message/call.ts'
import type { Session } from '../session/session.ts'

/**
 * The thing that an id names: a request of the client's as the upstream knows it, a request of the upstream's as the
 * client knows it, an event of a stream as the client knows it, a request that the client has cancelled, a task of the
 * upstream's as its gateway knows it.
 */
export type IdKind = 'request' | 'asked' | 'event' | 'cancelled' | 'task'

export interface Party extends Pick<McpCall, 'gateway' | 'upstream'> {
  readonly session: Pick<Session, 'id'> | null
}

/** For whoever binds ids or opens them. */
export interface WithIds {
  readonly ids: BoundIds
}

/** 96 bits: enough against guessing, as each guess is a request to us. */
const TAG_LENGTH = 16

/**
 * Ids that are good in one session only (of one gateway with one upstream): the text and a keyed tag over it. Any proxy
 * of the installation recognises, without state, an id that is made up or handed in elsewhere.
 */
export class BoundIds {
  readonly #key: KeyObject

  constructor(key: KeyObject) {
    this.#key = key
  }

  bind(kind: IdKind, party: Party, text: string): string {
    return `${this.#tag(kind, party, text)}.${text}`
  }

  /** The text that was bound, or undefined for what was not bound here. */
  open(kind: IdKind, party: Party, bound: unknown): string | undefined {
    if (typeof bound !== 'string' || bound[TAG_LENGTH] !== '.') return undefined
    const text = bound.slice(TAG_LENGTH + 1)
    const tag = Buffer.from(bound.slice(0, TAG_LENGTH))
    const expected = Buffer.from(this.#tag(kind, party, text))
    return tag.length === expected.length && timingSafeEqual(tag, expected) ? text : undefined
  }

  #tag(kind: IdKind, { gateway, upstream, session }: Party, text: string): string {
    // The lengths of what stands before the text are fixed or told, so no two places have one spelling.
    const place = `${kind} ${gateway.id.length} ${gateway.id} ${upstreamDigest(upstream)} ${session?.id.length ?? -1} ${session?.id ?? ''} `
    return createHmac('sha256', this.#key).update(place).update(text).digest('base64url').slice(0, TAG_LENGTH)
  }
}

/** JSON-RPC ids as text and back: 1 and "1" are two ids. */
export function idText(id: RequestId): string {
  return typeof id === 'number' ? `n${id}` : `s${id}`
}

export function idOf(text: string): RequestId {
  return text.startsWith('n') ? Number(text.slice(1)) : text.slice(1)
}
