import { isJsonObject, type Message, type RequestId } from '@sallyport/jsonrpc'
import { BoundedMap } from '@sallyport/runtime'
import { endsOf, mentionsId } from '../../domain/mentions-id.ts'
import type { ChannelExchange } from './channel-exchange.ts'
import type { Line } from './line-reader.ts'

/** Of so many requests it is remembered that they had their answer. */
const MOST_ANSWERED = 1000
const LOOKS_LIKE_ANSWER = /^\s*\{(?=[\s\S]*"jsonrpc")(?=[\s\S]*"(?:result|error)")(?![\s\S]*"method")/

/** The requests that wait for an answer on one channel, and which of them a message is about. */
export class OpenRequests {
  readonly #open = new Map<string, ChannelExchange>()
  readonly #answered = new BoundedMap<string, true>(MOST_ANSWERED)

  get size(): number {
    return this.#open.size
  }

  get latest(): ChannelExchange | undefined {
    return this.all().at(-1)
  }

  all(): ChannelExchange[] {
    return [...this.#open.values()]
  }

  has(key: string): boolean {
    return this.#open.has(key)
  }

  add(key: string, exchange: ChannelExchange): void {
    this.#open.set(key, exchange)
  }

  remove(key: string): void {
    this.#open.delete(key)
  }

  /** The request that a response with this id answers. An error without an id answers the only one there is. */
  answeredBy(id: RequestId | null): ChannelExchange | undefined {
    const exchange = id === null ? this.#only() : this.#open.get(keyOf(id))
    if (typeof exchange?.key === 'string') this.#answered.set(exchange.key, true)
    return exchange
  }

  /** Whether a request with this id had its answer. */
  wasAnswered(id: RequestId | null): boolean {
    return id !== null && this.#answered.has(keyOf(id))
  }

  /** The request that a notification names: by the token of its progress, by the id of a subscription (2026-07-28). */
  namedBy(message: Exclude<Message, { readonly kind: 'response' }>): ChannelExchange | undefined {
    const { kind, method, params } = message
    if (kind === 'request' || !isJsonObject(params)) return undefined
    if (method === 'notifications/progress') {
      const token = params['progressToken']
      return this.all().find(({ progressToken }) => progressToken !== null && progressToken === token)
    }
    const meta = params['_meta']
    const id = isJsonObject(meta) ? meta['io.modelcontextprotocol/subscriptionId'] : undefined
    return typeof id === 'string' || typeof id === 'number' ? this.#open.get(keyOf(id)) : undefined
  }

  /** The request that an unreadable line is about: by its id, or by looking like the answer to the only one. */
  namedIn(line: Line): ChannelExchange | undefined {
    if (this.#open.size === 0) return undefined
    const ends = endsOf(line)
    for (const [key, exchange] of this.#open) if (mentionsId(ends, key.slice(1))) return exchange
    return LOOKS_LIKE_ANSWER.test(ends) ? this.#only() : undefined
  }

  #only(): ChannelExchange | undefined {
    const [only, ...more] = this.#open.values()
    return more.length === 0 ? only : undefined
  }
}

/** `1` and `"1"` are two ids. */
export function keyOf(id: RequestId): string {
  return typeof id === 'string' ? `s${id}` : `n${id}`
}
