import type { Upstream } from '@sallyport/control'
import { HttpUpstreams, type UpstreamTimeouts } from './http-upstreams.ts'
import type { UpstreamReceiver } from './upstream-receiver.ts'

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | null
  /** An address of the upstream's other than the registered one. */
  readonly url?: string
}

/** The way to every upstream, whatever kind of target it is. */
export class Upstreams {
  readonly #http: HttpUpstreams

  constructor(timeouts: UpstreamTimeouts) {
    this.#http = new HttpUpstreams(timeouts)
  }

  /** Sends one request; everything that comes of it, failures too, reaches the receiver. */
  send({ target }: Upstream, request: UpstreamRequest, receiver: UpstreamReceiver): void {
    switch (target.kind) {
      case 'http':
        this.#http.send(request.url ?? target.url, request, receiver)
        return
      case 'stdio':
      case 'attached':
        receiver.refuse(new Error(`targets of the kind ${target.kind} cannot be reached`))
    }
  }

  /** Drops what was kept for upstreams that are not registered any more. */
  keepOnly(upstreams: Iterable<Upstream>): void {
    const urls = new Set<string>()
    for (const { target } of upstreams) if (target.kind === 'http') urls.add(target.url)
    this.#http.keepOnly(urls)
  }

  stop(): Promise<void> {
    return this.#http.stop()
  }
}
