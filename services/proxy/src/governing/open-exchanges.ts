import type { JsonValue } from '@sallyport/jsonrpc'
import type { McpCall } from '../connectors/mcp/message/call.ts'
import type { Verdict } from '../domain/verdict.ts'
import { isStop } from './hold/standing.ts'

/** Something that is under way with an upstream and can be ended early. */
export interface OpenExchange {
  readonly call: McpCall
  /** What the upstream calls the request; null for what is none. */
  readonly upstreamId: string | null
  /** Streams of a server's own never end by themselves. */
  readonly endless: boolean
  interrupt(reason: string): void
}

/** What is under way now, so that stopping waits for it and then ends it. */
export class OpenExchanges {
  readonly #open = new Set<OpenExchange>()
  #idle: (() => void) | undefined

  get size(): number {
    return this.#open.size
  }

  /** The request that a cancellation names. Without a session nobody knows whose it is: clients use the same ids. */
  find({ gateway, upstream, session }: McpCall, requestId: JsonValue): OpenExchange | undefined {
    if (session === null) return undefined
    const [found] = this.where(
      (call) =>
        call.id === requestId &&
        call.session?.id === session.id &&
        call.gateway.id === gateway.id &&
        call.upstream.name === upstream.name,
    )
    return found
  }

  /** The requests under way of which this is true. */
  where(fits: (call: McpCall) => boolean): OpenExchange[] {
    return [...this.#open].filter(({ call }) => call.kind === 'request' && fits(call))
  }

  add(exchange: OpenExchange): void {
    this.#open.add(exchange)
  }

  delete(exchange: OpenExchange): void {
    this.#open.delete(exchange)
    if (this.#open.size === 0) this.#idle?.()
  }

  /**
   * Ends what may not go on: streams for whatever reason, other calls when they or their agent were stopped, as an
   * answer may be a stream too. A call whose upstream was only replaced is left to end.
   */
  review(lost: (call: McpCall) => Verdict | undefined): void {
    for (const exchange of [...this.#open]) {
      const verdict = lost(exchange.call)
      if (verdict === undefined) continue
      if (exchange.endless || isStop(verdict)) exchange.interrupt(verdict.reasons.join('; '))
    }
  }

  /** Ends endless streams at once and waits up to `graceMs` for the rest, which it ends then. */
  async stop(graceMs: number): Promise<void> {
    for (const exchange of [...this.#open]) if (exchange.endless) exchange.interrupt('Sallyport is stopping')
    if (this.#open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle = resolve
    const timer = setTimeout(resolve, graceMs)
    await promise
    clearTimeout(timer)
    for (const exchange of [...this.#open]) exchange.interrupt('Sallyport is stopping')
  }
}
