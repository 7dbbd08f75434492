import { encodeSse, type Message, type Response, refusalOf } from '@sallyport/jsonrpc'
import type { Dispatcher } from 'undici'
import { UpstreamAnswerInvalid, type UpstreamFault, UpstreamTimeout } from '../../domain/upstream-faults.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'

/** The characters that an unread stream may hold before it is ended. The answer to a request stops the peer instead. */
const STREAM_HELD_MAX = 1024 * 1024

export interface ChannelExchangeOptions {
  readonly receiver: UpstreamReceiver
  /** Key of the id that is to be answered; null for the server's own stream. */
  readonly key: string | null
  readonly progressToken: string | number | null
  readonly sessionId: string | null
  /** Whether its caller takes log messages that it did not ask for; since 2026-07-28 none does. */
  readonly hearsLogs: boolean
  /** How long it may take until the first message, and how long any silence after that; 0: for ever. */
  readonly firstMs: number
  readonly silentMs: number
  /** Called once when it is over; `aborted` when its caller gave up. */
  readonly onOver: (aborted: boolean) => void
  /** Called when its caller reads too slowly, and when it reads again. */
  readonly onPause: (paused: boolean) => void
}

/** A log message of ours (MCP, Logging). */
function droppedNotice(cause: unknown): string {
  const data = `a line of the server was dropped: ${refusalOf(cause)?.text ?? 'it cannot be read'}`
  const params = { level: 'warning', logger: 'sallyport', data }
  return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })
}

/** One request on a channel, shown to its receiver as an exchange of HTTP: a head, then JSON or an event stream. */
export class ChannelExchange implements Dispatcher.DispatchController {
  readonly key: string | null
  readonly progressToken: string | number | null
  readonly #options: ChannelExchangeOptions
  #timer: NodeJS.Timeout | undefined
  #streaming = false
  #paused = false
  #aborted = false
  #over = false
  #held: string[] = []
  #heldLength = 0
  /** Lines that were dropped meanwhile, and why the last one was. */
  #missed = 0
  #cause: unknown

  constructor(options: ChannelExchangeOptions) {
    this.#options = options
    this.key = options.key
    this.progressToken = options.progressToken
    this.#expectWithin(options.firstMs)
    options.receiver.onRequestStart(this)
    // The server's own stream begins at once, whenever it says something first.
    if (this.key === null && !this.#over) this.#begin()
  }

  get paused(): boolean {
    return this.#paused
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): Error | null {
    return null
  }

  /** A message that belongs to this exchange and does not end it; decoded, where somebody has done that already. */
  message(text: string, decoded?: Message): void {
    if (this.#over) return
    if (!this.#streaming) this.#begin()
    this.#expectWithin(this.#options.silentMs)
    this.#give(encodeSse({ event: 'message', data: text }), decoded)
  }

  /** A line of the peer's was dropped that may have been for this exchange: its caller is told once, and waits on. */
  missed(cause: unknown): void {
    this.#missed += 1
    this.#cause = cause
    if (this.#missed === 1 && this.#options.hearsLogs) this.message(droppedNotice(cause))
  }

  /** The response; the exchange is over with it. */
  answer(response: Response): void {
    if (this.#over) return
    const { canonical: text } = response
    if (this.#streaming) {
      this.#flush()
      this.#data(encodeSse({ event: 'message', data: text }), response)
    } else {
      this.#head('application/json')
      this.#data(text, response)
    }
    if (this.#finish(false)) this.#options.receiver.onResponseEnd()
  }

  /** The stream ends in good order: its peer is gone, or its client opened another one. */
  end(): void {
    if (this.#finish(false)) this.#options.receiver.onResponseEnd()
  }

  fail(fault: UpstreamFault): void {
    if (this.#finish(false)) this.#options.receiver.onResponseError(this, fault)
  }

  abort(): void {
    this.#aborted = true
    this.#finish(true)
  }

  pause(): void {
    if (this.#paused || this.#over) return
    this.#paused = true
    if (this.key !== null) this.#options.onPause(true)
  }

  resume(): void {
    if (!this.#paused || this.#over) return
    this.#paused = false
    if (this.key !== null) this.#options.onPause(false)
    this.#flush()
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#timer)
    if (ms > 0) this.#timer = setTimeout(() => this.fail(this.#lateness()), ms)
  }

  #lateness(): UpstreamFault {
    if (this.#missed === 0) return new UpstreamTimeout()
    const what = `no answer came in time, and ${this.#missed} of its lines were dropped, the last as`
    return new UpstreamAnswerInvalid(what, { cause: this.#cause })
  }

  #begin(): void {
    this.#streaming = true
    this.#head('text/event-stream')
  }

  #head(contentType: string): void {
    const { receiver, sessionId } = this.#options
    const headers = { 'content-type': contentType }
    receiver.onResponseStart(
      this,
      200,
      sessionId === null ? headers : { ...headers, 'mcp-session-id': sessionId },
    )
  }

  #give(text: string, decoded: Message | undefined): void {
    if (!this.#paused) {
      this.#data(text, decoded)
      return
    }
    this.#held.push(text)
    this.#heldLength += text.length
    if (this.key === null && this.#heldLength > STREAM_HELD_MAX) this.end()
  }

  #flush(): void {
    const held = this.#held.join('')
    this.#held = []
    this.#heldLength = 0
    if (held !== '') this.#data(held)
  }

  #data(text: string, decoded?: Message): void {
    const { receiver } = this.#options
    const bytes = Buffer.from(text)
    if (decoded === undefined) receiver.onResponseData(this, bytes)
    else receiver.onResponseMessage(decoded, bytes)
  }

  #finish(aborted: boolean): boolean {
    if (this.#over) return false
    this.#over = true
    clearTimeout(this.#timer)
    if (this.#paused && this.key !== null) this.#options.onPause(false)
    this.#held = []
    this.#options.onOver(aborted)
    return true
  }
}
