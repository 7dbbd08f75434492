import type { LookupFunction } from 'node:net'
import { Client, type Dispatcher, Pool } from 'undici'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { HttpRequest } from './http-request.ts'
import type { RenewingHandler } from './renewing-handler.ts'

export interface UpstreamTimeouts {
  readonly connectMs: number
  readonly headersMs: number
  /** Longest silence within an answer. */
  readonly idleMs: number
}

export interface HttpUpstreamsOptions extends UpstreamTimeouts {
  /** Resolves their names, where the system's own way is not enough. */
  readonly lookup?: LookupFunction | undefined
}

interface Address {
  readonly path: string
  readonly origin: string
  readonly pool: Dispatcher
}

/** Kept-alive connections to upstreams at an address, one pool for each origin. Redirects are never followed. */
export class HttpUpstreams {
  readonly #timeouts: HttpUpstreamsOptions
  readonly #addresses = new Map<string, Address>()
  readonly #pools = new Map<string, Pool>()

  constructor(timeouts: HttpUpstreamsOptions) {
    this.#timeouts = timeouts
  }

  /** Sends one request; everything that comes of it, failures too, reaches the receiver. */
  send(url: string, request: HttpRequest, receiver: UpstreamReceiver | RenewingHandler): void {
    try {
      const address = this.#addresses.get(url) ?? this.#addressOf(url, request.url === undefined)
      const { method, headers, body, upgrade, path = address.path } = request
      const { headersMs: headersTimeout, idleMs } = this.#timeouts
      const bodyTimeout = request.endless ? 0 : idleMs
      const options = { path, method, headers, body, headersTimeout, bodyTimeout }
      if (upgrade === undefined) address.pool.dispatch(options, receiver)
      else this.#upgrade(address.origin, { ...options, upgrade }, receiver)
    } catch (cause) {
      receiver.refuse(cause)
    }
  }

  /** On a new connection, which is not kept for others. */
  #upgrade(
    origin: string,
    options: Dispatcher.DispatchOptions,
    receiver: UpstreamReceiver | RenewingHandler,
  ): void {
    const client = new Client(origin, { ...this.#poolOptions(), allowH2: false })
    client.dispatch(options, receiver)
    // Nothing more is sent with it; this one is waited for.
    client.close().catch(() => {})
  }

  /** Drops the connections to origins that no registered upstream has any more. */
  keepOnly(kept: ReadonlySet<string>): void {
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

  /** An address that an upstream made up for a session is not kept: there are as many as sessions. */
  #addressOf(url: string, isRegistered: boolean): Address {
    const { origin, pathname, search } = new URL(url)
    const pool = this.#pools.get(origin) ?? new Pool(origin, this.#poolOptions())
    this.#pools.set(origin, pool)
    const address = { path: pathname + search, origin, pool }
    if (isRegistered) this.#addresses.set(url, address)
    return address
  }

  #poolOptions(): Pool.Options {
    const { connectMs: timeout, lookup } = this.#timeouts
    return { connect: { timeout, ...(lookup && { lookup }) }, pipelining: 1, keepAliveTimeout: 4000 }
  }
}
