import type { Upstream } from '@sallyport/control'
import { type Credentials, canBeRenewed } from './credentials.ts'
import { HttpUpstreams, type UpstreamTimeouts } from './http-upstreams.ts'
import { RenewingHandler } from './renewing-handler.ts'
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
  readonly #credentials: Credentials
  readonly #http: HttpUpstreams

  constructor(timeouts: UpstreamTimeouts, credentials: Credentials) {
    this.#credentials = credentials
    this.#http = new HttpUpstreams(timeouts)
  }

  /** Sends one request; everything that comes of it, failures too, reaches the receiver. */
  send(upstream: Upstream, request: UpstreamRequest, receiver: UpstreamReceiver): void {
    const { target, credential } = upstream
    switch (target.kind) {
      case 'http':
        if (canBeRenewed(credential))
          this.#sendRenewing(upstream, request.url ?? target.url, request, receiver)
        else this.#http.send(request.url ?? target.url, request, receiver)
        return
      case 'stdio':
      case 'attached':
        receiver.refuse(new Error(`targets of the kind ${target.kind} cannot be reached`))
    }
  }

  #sendRenewing(upstream: Upstream, url: string, request: UpstreamRequest, receiver: UpstreamReceiver): void {
    const renewal = {
      renew: (refused: string) => this.#credentials.renew({ upstream, refused }),
      send: (again: UpstreamRequest) => this.#http.send(url, again, receiver),
    }
    this.#http.send(url, request, new RenewingHandler(request, receiver, renewal))
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
