import {
  decodeAnswer,
  decodeMessage,
  isJsonObject,
  type JsonLimits,
  type JsonValue,
  type Message,
  type Request,
  type RequestId,
  type Response,
  refusalOf,
  UNBOUNDED,
  withoutMark,
} from '@sallyport/jsonrpc'
import { BoundedMap, type Logger } from '@sallyport/runtime'
import { ANSWERED, type DroppedMessage, UNASKED } from '../../domain/dropped-message.ts'
import { endsOf, mentionsId } from '../../domain/mentions-id.ts'
import { UpstreamAnswerInvalid, UpstreamBusy, type UpstreamFault } from '../../domain/upstream-faults.ts'
import { plainAnswer } from '../plain-answer.ts'
import type { UpstreamReceiver } from '../upstream-receiver.ts'
import type { UpstreamRequest } from '../upstream-request.ts'
import { ChannelExchange } from './channel-exchange.ts'
import type { ChannelPeer } from './channel-peer.ts'
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

/** Of so many requests it is remembered that they had their answer. */
const MOST_ANSWERED = 1000

/**
 * The requests under way on one channel. Answers are matched by their ids, which must be unique here; a message that
 * the server sends unasked goes to the exchange that it names, else to the client's stream, else to the client's latest
 * request.
 */
export class ChannelExchanges {
  readonly #options: ChannelExchangesOptions
  readonly #open = new Map<string, ChannelExchange>()
  readonly #unclaimed: Unclaimed
  readonly #slow = new Set<ChannelExchange>()
  #stream: ChannelExchange | undefined
  #ended: UpstreamFault | undefined
  #begun: PromiseWithResolvers<void> | undefined
  readonly #answered = new BoundedMap<string, true>(MOST_ANSWERED)

  constructor(options: ChannelExchangesOptions) {
    this.#options = options
    this.#unclaimed = new Unclaimed(options.logger)
    if (!options.begun) this.#begun = Promise.withResolvers()
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
  take(bytes: Uint8Array | string): void {
    this.#begin()
    let message: Message
    try {
      message = decodeAnswer(bytes, this.#options.limits.json)
    } catch (cause) {
      this.#refuse(bytes, cause)
      return
    }
    if (message.kind === 'response') this.#answer(message.id, textToRead(message, bytes))
    else this.#deliver(message)
  }

  /** The peer is gone. Every waiting exchange hears of it, and nothing can be sent any more. */
  end(fault: UpstreamFault): void {
    if (this.#ended) return
    this.#ended = fault
    this.#begin()
    for (const exchange of [...this.#open.values()]) exchange.fail(fault)
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
        onPause: (paused) => this.#paused(exchange, paused),
        onOver: (aborted) => this.#over(key, request, aborted),
      })
      this.#open.set(key, exchange)
      if (!peer.send(request.canonical)) exchange.fail(new UpstreamBusy())
    }
  }

  /** A caller that went away cannot be told to the peer but by a message (MCP, Cancellation); a handshake has none. */
  #over(key: string, { id, method }: Request, aborted: boolean): void {
    this.#open.delete(key)
    if (!aborted || method === 'initialize' || this.#ended) return
    const params = { requestId: id, reason: 'nobody waits for it any more' }
    this.#options.peer.send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }))
  }

  #paused(exchange: ChannelExchange, paused: boolean): void {
    const before = this.#slow.size
    if (paused) this.#slow.add(exchange)
    else this.#slow.delete(exchange)
    if (before === 0 && this.#slow.size > 0) this.#options.peer.pause()
    if (before > 0 && this.#slow.size === 0) this.#options.peer.resume()
  }

  #answer(id: RequestId | null, text: string): void {
    // An error without an id answers the only request there is.
    const exchange = id === null ? this.#only() : this.#open.get(keyOf(id))
    if (exchange === undefined) {
      this.#options.onDropped(id !== null && this.#answered.has(keyOf(id)) ? ANSWERED : UNASKED)
      return
    }
    if (exchange.key !== null) this.#answered.set(exchange.key, true)
    exchange.answer(text)
  }

  #deliver(message: Exclude<Message, { readonly kind: 'response' }>): void {
    const exchange = this.#named(message) ?? this.#stream ?? [...this.#open.values()].at(-1)
    if (exchange) exchange.message(message.canonical)
    else this.#unclaimed.keep(message.canonical)
  }

  /** The exchange that a notification names: by the token of its progress, by the id of a subscription (2026-07-28). */
  #named({ kind, method, params }: Exclude<Message, { readonly kind: 'response' }>) {
    if (kind === 'request' || !isJsonObject(params)) return undefined
    if (method === 'notifications/progress') {
      const token = params['progressToken']
      return [...this.#open.values()].find(
        ({ progressToken }) => progressToken !== null && progressToken === token,
      )
    }
    const meta = params['_meta']
    const id = isJsonObject(meta) ? meta['io.modelcontextprotocol/subscriptionId'] : undefined
    return typeof id === 'string' || typeof id === 'number' ? this.#open.get(keyOf(id)) : undefined
  }

  /** A line that is not strict MCP is not passed on. Whoever waits for it is told, or for a line that may have been it. */
  #refuse(bytes: Uint8Array | string, cause: unknown): void {
    const refusal = refusalOf(cause)
    const named = this.#namedIn(bytes)
    this.#options.onDropped({
      reason: 'refused',
      rule: refusal?.rule ?? 'unreadable',
      place: refusal?.place ?? null,
    })
    if (named !== undefined) named.fail(new UpstreamAnswerInvalid('its message', { cause }))
    else for (const exchange of this.#open.values()) exchange.missed(cause)
  }

  /** The request that an unreadable line is about: by its id, or by looking like the answer to the only one. */
  #namedIn(bytes: Uint8Array | string): ChannelExchange | undefined {
    if (this.#open.size === 0) return undefined
    const ends = endsOf(bytes)
    for (const [key, exchange] of this.#open) if (mentionsId(ends, key.slice(1))) return exchange
    return LOOKS_LIKE_ANSWER.test(ends) ? this.#only() : undefined
  }

  #only(): ChannelExchange | undefined {
    const [only, ...more] = this.#open.values()
    return more.length === 0 ? only : undefined
  }
}

/** Of a list without its odd entries, whoever reads it next is to know of them: that one gets it as it came. */
function textToRead(response: Response, bytes: Uint8Array | string): string {
  if (!('refused' in response)) return response.canonical
  return typeof bytes === 'string' ? bytes : Buffer.from(withoutMark(bytes)).toString()
}

/** `1` and `"1"` are two ids. */
function keyOf(id: RequestId): string {
  return typeof id === 'string' ? `s${id}` : `n${id}`
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

const LOOKS_LIKE_ANSWER = /^\s*\{(?=[\s\S]*"jsonrpc")(?=[\s\S]*"(?:result|error)")(?![\s\S]*"method")/
