import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Message } from '@sallyport/jsonrpc'
import { type Dispatcher, errors } from 'undici'
import {
  UpstreamAnswerInvalid,
  UpstreamFault,
  UpstreamReset,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../domain/upstream-faults.ts'

/** Answers before the answer, such as 103: they are not passed on, and cost as much to read as any other. */
const MOST_INTERIM = 32

/** Takes in one answer of an upstream. After `stop`, and after the end or a fault, nothing more is told. */
export abstract class UpstreamReceiver implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined
  #over = false
  #answering = false
  #interim = 0
  #pauses = 0

  protected abstract onHead(status: number, headers: IncomingHttpHeaders): void
  protected abstract onBytes(bytes: Buffer): void
  protected abstract onEnd(): void
  protected abstract onFault(fault: UpstreamFault): void

  /** Bytes that hold one whole message. A receiver that would decode them takes the message as it is. */
  protected onMessage(_message: Message, bytes: Buffer): void {
    this.onBytes(bytes)
  }

  /** The connection speaks the protocol that was asked for, and is the receiver's from here on. */
  protected onUpgraded(socket: Duplex): void {
    socket.destroy()
    this.onFault(new UpstreamAnswerInvalid('a change of protocol that nobody asked for'))
  }

  /** The head's fields as they came, names and values in turn; of trailers, once the answer has ended. */
  protected rawHeaders(): string[] {
    return textsOf(this.#controller?.rawHeaders)
  }

  protected rawTrailers(): string[] {
    return textsOf(this.#controller?.rawTrailers)
  }

  /** Ends the exchange: the upstream sees its connection close. */
  stop(): void {
    if (this.#over) return
    this.#over = true
    this.#controller?.abort(new Error('the exchange was stopped'))
  }

  /** The upstream is read no further until `resume` was called once for each `pause`: there may be several reasons. */
  protected pause(): void {
    this.#pauses += 1
    if (this.#pauses === 1) this.#controller?.pause()
  }

  protected resume(): void {
    this.#pauses -= 1
    if (this.#pauses === 0) this.#controller?.resume()
  }

  /** The request could not even be handed over. */
  refuse(cause: unknown): void {
    this.fault(new UpstreamUnreachable({ cause }))
  }

  /** The request was not sent, for this reason. */
  fault(fault: UpstreamFault): void {
    if (this.#over) return
    this.#over = true
    this.onFault(fault)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('the exchange was stopped'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (this.#over) return
    if (status < 200) {
      if (++this.#interim > MOST_INTERIM) this.#end(new UpstreamAnswerInvalid('interim answers without end'))
      return
    }
    this.#answering = true
    this.onHead(status, headers)
  }

  onRequestUpgrade(
    _: Dispatcher.DispatchController,
    _status: number,
    _headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    if (this.#over) {
      socket.destroy()
      return
    }
    this.#over = true
    this.onUpgraded(socket)
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#over) this.onBytes(bytes)
  }

  /** The same for bytes that their sender has made of one message: an event of a stream, or the whole body. */
  onResponseMessage(message: Message, bytes: Buffer): void {
    if (!this.#over) this.onMessage(message, bytes)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#over = true
    try {
      this.onEnd()
    } catch (cause) {
      // Nobody else would ever tell the agent, who waits.
      this.onFault(new UpstreamAnswerInvalid('its end', { cause }))
    }
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return
    this.#over = true
    this.onFault(this.#faultOf(error))
  }

  #end(fault: UpstreamFault): void {
    this.stop()
    this.onFault(fault)
  }

  #faultOf(cause: Error): UpstreamFault {
    if (cause instanceof UpstreamFault) return cause
    if (cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError)
      return new UpstreamTimeout({ cause })
    if (cause instanceof errors.ConnectTimeoutError) return new UpstreamUnreachable({ cause })
    if (cause instanceof errors.HTTPParserError || cause instanceof errors.HeadersOverflowError)
      return new UpstreamAnswerInvalid('it breaks the rules of HTTP', { cause })
    // A request that went out on a connection may have been carried out: it is never sent again.
    const begun = this.#controller !== undefined || this.#answering
    const connected = begun || cause instanceof errors.SocketError || codeOf(cause) === 'ECONNRESET'
    return connected ? new UpstreamReset({ cause }) : new UpstreamUnreachable({ cause })
  }
}

type RawFields = Dispatcher.DispatchController['rawHeaders']

/** HTTP/1.1 gives bytes in turn, HTTP/2 an object. */
function textsOf(raw: RawFields): string[] {
  if (raw === null || raw === undefined) return []
  if (Array.isArray(raw)) return raw.map((one) => (typeof one === 'string' ? one : one.toString('latin1')))
  return Object.entries(raw).flatMap(([name, value]) => {
    if (name.startsWith(':') || value === undefined) return []
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [name, one])
  })
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

/** A header that must not come twice: of two, each reader would take another one, so neither counts. */
export function onlyHeader(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}
