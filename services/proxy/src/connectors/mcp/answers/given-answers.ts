import { BoundedMap } from '@sallyport/runtime'
import type { McpExchange } from '../exchange/mcp-exchange.ts'

const MOST = 10_000

/**
 * The requests that have had their answer, by the upstream's ids, whichever stream it came on. A client takes whatever comes
 * for the answer to the call that has its id then. Each process knows of its own streams, and of the latest requests.
 */
export class GivenAnswers {
  readonly #given = new BoundedMap<string, true>(MOST)

  has(id: string | number | null): boolean {
    return typeof id === 'string' && this.#given.has(id)
  }

  /** No upstream knows a request of ours by a number. */
  add(id: string | number | null): void {
    if (typeof id === 'string' && id !== '') this.#given.set(id, true)
  }

  /** The client was told how this ended. The id of a cancellation is that of the request that it names. */
  told({ call, upstreamId }: Pick<McpExchange, 'call' | 'upstreamId'>): void {
    if (call.kind === 'request') this.add(upstreamId)
  }
}
