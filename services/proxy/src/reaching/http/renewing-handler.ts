import type { IncomingHttpHeaders } from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { UpstreamUnauthorized } from '../../domain/upstream-faults.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { HttpRequest } from './http-request.ts'

export interface Renewal {
  /** Another value for the refused Authorization; undefined where none is to be had. */
  renew(refused: string): Promise<string | undefined>
  send(request: HttpRequest): void
}

/**
 * Sends a request once more, with another credential, when the upstream answers 401: that it did not carry it out
 * is what the status says. The receiver hears of one answer only, and of the 401 itself where the body is gone.
 */
export class RenewingHandler implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest
  readonly #receiver: UpstreamReceiver
  readonly #renewal: Renewal
  #refused = false

  constructor(request: HttpRequest, receiver: UpstreamReceiver, renewal: Renewal) {
    this.#request = request
    this.#receiver = receiver
    this.#renewal = renewal
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#receiver.onRequestStart(controller)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (this.#refused) return
    if (status !== 401 || !this.#canBeSentAgain) {
      this.#receiver.onResponseStart(controller, status, headers)
      return
    }
    this.#refused = true
    controller.abort(new Error('the credential was refused'))
    void this.#again(controller)
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    this.#receiver.onRequestUpgrade(controller, status, headers, socket)
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#refused) this.#receiver.onResponseData(controller, bytes)
  }

  onResponseEnd(): void {
    if (!this.#refused) this.#receiver.onResponseEnd()
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#refused) this.#receiver.onResponseError(controller, error)
  }

  refuse(cause: unknown): void {
    this.#receiver.refuse(cause)
  }

  get #canBeSentAgain(): boolean {
    return !(this.#request.body instanceof Readable)
  }

  async #again(controller: Dispatcher.DispatchController): Promise<void> {
    const { headers } = this.#request
    const at = 1 + headers.findIndex((text, index) => index % 2 === 0 && text === 'authorization')
    try {
      const renewed = at === 0 ? undefined : await this.#renewal.renew(headers[at] ?? '')
      if (renewed === undefined) throw new UpstreamUnauthorized()
      this.#renewal.send({ ...this.#request, headers: headers.with(at, renewed) })
    } catch (cause) {
      const fault = cause instanceof UpstreamUnauthorized ? cause : new UpstreamUnauthorized({ cause })
      this.#receiver.onResponseError(controller, fault)
    }
  }
}
