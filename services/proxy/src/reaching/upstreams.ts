import type { Target, Upstream } from '@sallyport/control'
import { type Credentials, canBeRenewed } from './credentials/credentials.ts'
import type { HttpRequest } from './http/http-request.ts'
import { HttpUpstreams, type HttpUpstreamsOptions } from './http/http-upstreams.ts'
import { RenewingHandler } from './http/renewing-handler.ts'
import { AttachedServers } from './stdio/attached-servers.ts'
import { StdioUpstreams, type StdioUpstreamsOptions } from './stdio/stdio-upstreams.ts'
import type { UpstreamReceiver } from './upstream-receiver.ts'
import type { UpstreamRequest } from './upstream-request.ts'

type HttpTarget = Extract<Target, { readonly kind: 'http' }>

/** The way to every upstream, for each kind of target. */
export class Upstreams {
  readonly #credentials: Credentials
  /** The servers of wrappers that are connected to this proxy. */
  readonly attached = new AttachedServers()
  readonly #http: HttpUpstreams
  readonly #stdio: StdioUpstreams

  constructor(timeouts: HttpUpstreamsOptions, credentials: Credentials, stdio: StdioUpstreamsOptions) {
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
    const { target } = upstream
    switch (target.kind) {
      case 'http':
        this.sendHttp(upstream, target, request, receiver)
        return
      case 'stdio':
        this.#stdio.send(upstream, target, request, receiver)
        return
      case 'attached':
        this.attached.send(request, receiver)
    }
  }

  /**
   * When a server that is reached by pipes first says something, for a request like this one that was sent; undefined
   * where it has done so before, and for a server at an address, which is up or not.
   */
  begun(
    upstream: Upstream,
    request: Pick<UpstreamRequest, 'sessionId' | 'gateway'>,
  ): Promise<void> | undefined {
    switch (upstream.target.kind) {
      case 'http':
        return undefined
      case 'stdio':
        return this.#stdio.begun(upstream, request)
      case 'attached':
        return this.attached.begun(request)
    }
  }

  /** The same where the upstream is known to be reached by HTTP. */
  sendHttp(upstream: Upstream, target: HttpTarget, request: HttpRequest, receiver: UpstreamReceiver): void {
    const url = request.url ?? target.url
    if (canBeRenewed(upstream.credential)) this.#sendRenewing(upstream, url, request, receiver)
    else this.#http.send(url, request, receiver)
  }

  #sendRenewing(upstream: Upstream, url: string, request: HttpRequest, receiver: UpstreamReceiver): void {
    const renewal = {
      renew: (refused: string) => this.#credentials.renew({ upstream, refused }),
      send: (again: HttpRequest) => this.#http.send(url, again, receiver),
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
