import {
  decodeMessage,
  isJsonObject,
  type JsonLimits,
  type JsonValue,
  type Message,
  type Request,
  type Response,
  refusalOf,
  UNBOUNDED,
} from '@sallyport/jsonrpc'
import type { Logger } from '@sallyport/runtime'
import { ANSWERED, type DroppedMessage, UNASKED } from '../../domain/dropped-message.ts'
import { UpstreamAnswerInvalid, UpstreamBusy, type UpstreamFault } from '../../domain/upstream-faults.ts'
import { plainAnswer } from '../plain-answer.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { UpstreamRequest } from '../upstream-request.ts'
import { ChannelExchange } from './channel-exchange.ts'
import type { ChannelPeer } from './channel-peer.ts'
import { type Line, LineReader } from './line-reader.ts'
import { keyOf, OpenRequests } from './open-requests.ts'
import { Unclaimed } from './unclaimed.ts'

export interface ChannelLimits {
  /** The limits of each message of the peer's. */
  readonly json: Required<JsonLimits>
  /** How many requests may be under way at once. */
  readonly open: number
  readonly firstMs: number
  readonly silentMs: number
}

export interface ChannelExchangesOptions {
  readonly peer: ChannelPeer
  /** The `Mcp-Session-Id` of answers; null for a peer without sessions. */
  readonly sessionId: string | null
  readonly limits: ChannelLimits
  readonly logger: Logger
  /** The peer has said something before, on another channel. */
  readonly begun?: boolean
  /** Told of each message of the peer's that reaches nobody. */
  readonly onDropped: (dropped: DroppedMessage) => void
}

/**
 * The requests under way on one channel. Answers are matched by their ids, which must be unique here. A message that
 * the server sends unasked goes to the exchange that it names, else to the client's stream, else to the client's latest
 * request.
 */
export class ChannelExchanges {
  readonly #options: ChannelExchangesOptions
  readonly #open = new OpenRequests()
  readonly #unclaimed: Unclaimed
  readonly #reader: LineReader
  /** Why the peer is not read: exchanges whose callers read slowly, and a long line. */
  #pauses = 0
  #stream: ChannelExchange | undefined
  #ended: UpstreamFault | undefined
  #begun: PromiseWithResolvers<void> | undefined

  constructor(options: ChannelExchangesOptions) {
    this.#options = options
    this.#unclaimed = new Unclaimed(options.logger)
    if (!options.begun) this.#begun = Promise.withResolvers()
    this.#reader = new LineReader({
      limits: options.limits.json,
      logger: options.logger,
      onMessage: (message) => (message.kind === 'response' ? this.#answer(message) : this.#deliver(message)),
      onRefused: (line, cause) => this.#refuse(line, cause),
      onBusy: (busy) => this.#paused(busy),
    })
  }

  /** How many requests wait for an answer, the server's own stream not counted. */
  get size(): number {
    return this.#open.size
  }

  /** Whether no request is under way and no client listens. */
  get idle(): boolean {
    return this.#open.size === 0 && this.#stream === undefined
  }

  /** Settles with the peer's first message, or its end; undefined afterwards. A server may take long to come up. */
  get begun(): Promise<void> | undefined {
    return this.#begun?.promise
  }

  /** Sends one request of the proxy's, in the form it would have for a server at an address. */
  send({ method, body }: Pick<UpstreamRequest, 'method' | 'body'>, receiver: UpstreamReceiver): void {
    if (method === 'GET') this.#openStream(receiver)
    else if (method === 'DELETE') this.#delete(receiver)
    else this.#post(body ?? '', receiver)
  }

  /** Takes in one message of the peer's, as strictly as a body. A line that cannot be read is dropped. */
  take(line: Line): void {
    this.#begin()
    this.#reader.take(line)
  }

  /** The peer is gone. Every waiting exchange hears of it, and nothing can be sent any more. */
  end(fault: UpstreamFault): void {
    this.#reader.afterwards(() => this.#end(fault))
  }

  #end(fault: UpstreamFault): void {
    if (this.#ended) return
    this.#ended = fault
    this.#begin()
    for (const exchange of this.#open.all()) exchange.fail(fault)
    this.#stream?.end()
  }

  #begin(): void {
    this.#begun?.resolve()
    this.#begun = undefined
  }

  #openStream(receiver: UpstreamReceiver): void {
    // One stream is enough for one client: the latest counts, as where a connection was lost the old one hangs.
    this.#stream?.end()
    const stream: ChannelExchange = new ChannelExchange({
      receiver,
      key: null,
      progressToken: null,
      hearsLogs: true,
      sessionId: null,
      firstMs: 0,
      silentMs: 0,
      onPause: () => {},
      onOver: () => {
        if (this.#stream === stream) this.#stream = undefined
      },
    })
    if (this.#ended) {
      stream.fail(this.#ended)
      return
    }
    this.#stream = stream
    this.#unclaimed.giveTo(stream)
  }

  #delete(receiver: UpstreamReceiver): void {
    this.#options.peer.close()
    plainAnswer(receiver, 200)
  }

  #post(body: string, receiver: UpstreamReceiver): void {
    const message = readOwn(body)
    // Only an MCP message can be answered on a line, so nothing else is sent.
    if (message === undefined) plainAnswer(receiver, 400)
    else if (message.kind === 'request') this.#request(message, receiver)
    else if (this.#ended) receiver.fault(this.#ended)
    else if (this.#options.peer.send(message.canonical)) plainAnswer(receiver, 202)
    else receiver.fault(new UpstreamBusy())
  }

  #request(request: Request, receiver: UpstreamReceiver): void {
    const { peer, limits, sessionId } = this.#options
    const key = keyOf(request.id)
    if (this.#ended) receiver.fault(this.#ended)
    else if (this.#open.has(key) || this.#open.size >= limits.open) receiver.fault(new UpstreamBusy())
    else {
      const exchange: ChannelExchange = new ChannelExchange({
        receiver,
        key,
        progressToken: progressTokenOf(request.params),
        hearsLogs: !isStateless(request.params),
        sessionId,
        firstMs: limits.firstMs,
        silentMs: limits.silentMs,
        onPause: (paused) => this.#paused(paused),
        onOver: (aborted) => this.#over(key, request, aborted),
      })
      this.#open.add(key, exchange)
      if (!peer.send(request.canonical)) exchange.fail(new UpstreamBusy())
    }
  }

  /** A caller that went away cannot be told to the peer but by a message (MCP, Cancellation); a handshake has none. */
  #over(key: string, { id, method }: Request, aborted: boolean): void {
    this.#open.remove(key)
    if (!aborted || method === 'initialize' || this.#ended) return
    const params = { requestId: id, reason: 'nobody waits for it any more' }
    this.#options.peer.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }))
  }

  #paused(paused: boolean): void {
    this.#pauses += paused ? 1 : -1
    if (paused && this.#pauses === 1) this.#options.peer.pause()
    if (!paused && this.#pauses === 0) this.#options.peer.resume()
  }

  #answer(response: Response): void {
    const exchange = this.#open.answeredBy(response.id)
    if (exchange === undefined)
      this.#options.onDropped(this.#open.wasAnswered(response.id) ? ANSWERED : UNASKED)
    else exchange.answer(response)
  }

  #deliver(message: Exclude<Message, Response>): void {
    const exchange = this.#open.namedBy(message) ?? this.#stream ?? this.#open.latest
    if (exchange) exchange.message(message.canonical, message)
    else this.#unclaimed.keep(message.canonical)
  }

  /** A line that is not strict MCP is not passed on. Whoever waits for it is told, or for a line that may have been it. */
  #refuse(line: Line, cause: unknown): void {
    const refusal = refusalOf(cause)
    const named = this.#open.namedIn(line)
    this.#options.onDropped({
      reason: 'refused',
      rule: refusal?.rule ?? 'unreadable',
      place: refusal?.place ?? null,
    })
    if (named !== undefined) named.fail(new UpstreamAnswerInvalid('its message', { cause }))
    else for (const exchange of this.#open.all()) exchange.missed(cause)
  }
}

function readOwn(body: string): Message | undefined {
  try {
    return decodeMessage(body, UNBOUNDED)
  } catch {
    return undefined
  }
}

/** Each request of MCP 2026-07-28 says its revision, and whether it wants to hear logs. */
function isStateless(params: JsonValue | undefined): boolean {
  const meta = isJsonObject(params) ? params['_meta'] : undefined
  return isJsonObject(meta) && meta['io.modelcontextprotocol/protocolVersion'] !== undefined
}

function progressTokenOf(params: JsonValue | undefined): string | number | null {
  const meta = isJsonObject(params) ? params['_meta'] : undefined
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined
  return typeof token === 'string' || typeof token === 'number' ? token : null
}
