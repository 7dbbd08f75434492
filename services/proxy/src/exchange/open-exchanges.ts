import type { Call } from '../domain/call.ts'

/** Something that is under way with an upstream and can be ended early. */
export interface OpenExchange {
  readonly call: Call
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

  add(exchange: OpenExchange): void {
    this.#open.add(exchange)
  }

  delete(exchange: OpenExchange): void {
    this.#open.delete(exchange)
    if (this.#open.size === 0) this.#idle?.()
  }

  /** Ends the endless streams that may not go on; what ends by itself was let through and is left to end. */
  review(lost: (call: Call) => string | undefined): void {
    for (const exchange of [...this.#open]) {
      const reason = exchange.endless ? lost(exchange.call) : undefined
      if (reason !== undefined) exchange.interrupt(reason)
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
