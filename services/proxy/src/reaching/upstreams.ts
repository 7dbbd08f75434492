import type { Upstream } from '@sallyport/control'
import { type Credentials, canBeRenewed } from './credentials/credentials.ts'
import { HttpUpstreams, type UpstreamTimeouts } from './http/http-upstreams.ts'
import { RenewingHandler } from './http/renewing-handler.ts'
import { AttachedServers } from './stdio/attached-servers.ts'
import { StdioUpstreams, type StdioUpstreamsOptions } from './stdio/stdio-upstreams.ts'
import type { UpstreamReceiver } from './upstream-receiver.ts'

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | null
  /** Whether its answer may be silent for hours. */
  readonly endless?: boolean
  /** An address of the upstream's other than the registered one. */
  readonly url?: string
  readonly gatewayId: string
  /** The upstream's id of the session; null outside of any. */
  readonly sessionId: string | null
  /** Whether it is the handshake that begins a session. */
  readonly opensSession: boolean
}

/** The way to every upstream, whatever kind of target it is. */
export class Upstreams {
  readonly #credentials: Credentials
  /** The servers of wrappers that are connected to this proxy. */
  readonly attached = new AttachedServers()
  readonly #http: HttpUpstreams
  readonly #stdio: StdioUpstreams

  constructor(timeouts: UpstreamTimeouts, credentials: Credentials, stdio: StdioUpstreamsOptions) {
    this.#credentials = credentials
    this.#http = new HttpUpstreams(timeouts)
    this.#stdio = new StdioUpstreams(stdio)
  }

  /** How many servers the proxy runs. */
  get children(): number {
    return this.#stdio.size
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
        this.#stdio.send(upstream, target, request, receiver)
        return
      case 'attached':
        this.attached.send(request, receiver)
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
    const kept = [...upstreams]
    const urls = new Set<string>()
    for (const { target } of kept) if (target.kind === 'http') urls.add(target.url)
    this.#http.keepOnly(urls)
    this.#stdio.keepOnly(kept)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#http.stop(), this.#stdio.stop()])
  }
}
