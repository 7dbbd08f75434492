import type { Upstream } from '@sallyport/control'
import { type Dispatcher, Pool } from 'undici'
import type { UpstreamReceiver } from './upstream-receiver.ts'

export interface UpstreamTimeouts {
  readonly connectMs: number
  readonly headersMs: number
  /** Longest silence within an answer. */
  readonly idleMs: number
}

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | null
}

interface Address {
  readonly path: string
  readonly origin: string
  readonly pool: Dispatcher
}

/** Kept-alive connections to the upstreams, one pool for each origin. Redirects are never followed. */
export class Upstreams {
  readonly #timeouts: UpstreamTimeouts
  readonly #addresses = new Map<string, Address>()
  readonly #pools = new Map<string, Pool>()

  constructor(timeouts: UpstreamTimeouts) {
    this.#timeouts = timeouts
  }

  /** Sends one request; everything that comes of it, failures too, reaches the receiver. */
  send(upstream: Upstream, request: UpstreamRequest, receiver: UpstreamReceiver, headersMs?: number): void {
    try {
      const { path, pool } = this.#addressOf(upstream.url)
      pool.dispatch(
        {
          path,
          method: request.method,
          headers: request.headers,
          body: request.body,
          headersTimeout: headersMs ?? this.#timeouts.headersMs,
          // A stream of the server's own may be silent for hours.
          bodyTimeout: request.method === 'GET' ? 0 : this.#timeouts.idleMs,
        },
        receiver,
      )
    } catch (cause) {
      receiver.refuse(cause)
    }
  }

  /** Drops the connections to origins that no registered upstream has any more. */
  keepOnly(urls: Iterable<string>): void {
    const kept = new Set(urls)
    for (const [url, { origin }] of this.#addresses) {
      if (kept.has(url)) continue
      this.#addresses.delete(url)
      if ([...this.#addresses.values()].some((address) => address.origin === origin)) continue
      this.#pools
        .get(origin)
        ?.close()
        .catch(() => {})
      this.#pools.delete(origin)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
  }

  #addressOf(url: string): Address {
    const known = this.#addresses.get(url)
    if (known) return known
    const { origin, pathname, search } = new URL(url)
    const pool = this.#pools.get(origin) ?? new Pool(origin, this.#poolOptions())
    this.#pools.set(origin, pool)
    const address = { path: pathname + search, origin, pool }
    this.#addresses.set(url, address)
    return address
  }

  #poolOptions(): Pool.Options {
    return { connect: { timeout: this.#timeouts.connectMs }, pipelining: 1, keepAliveTimeout: 4000 }
  }
}
