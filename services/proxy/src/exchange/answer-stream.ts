import {
  decodeMessage,
  encodeSse,
  type JsonLimits,
  type Message,
  type SseFrame,
  sseDecoder,
} from '@sallyport/jsonrpc'
import { isInitialize } from '../domain/call.ts'
import { answerLimits } from '../limits/decoding.ts'
import { toldEventId } from '../session/event-ids.ts'
import type { SseStream, Waiting } from '../sse-channel/sse-stream.ts'
import { openSseSession } from '../sse-channel/sse-streams.ts'
import type { Exchange, ProxyParts } from './parts.ts'
import { type AnswerOutcome, answers, OK, outcomeOf } from './read-answer.ts'
import { rewriteAnswer } from './rewrite/rewrite-answer.ts'

/** An upstream's event stream on its way to the agent: each frame is decoded and written anew at once. */
export class AnswerStream {
  /** Whether the response to the call has passed. */
  answered = false
  /** Whether a frame had an id, from which the client can go on by itself. */
  resumable = false
  outcome: AnswerOutcome = OK
  /** Set once the upstream turned out to speak HTTP+SSE (2024-11-05). */
  sse: SseStream | undefined
  readonly #parts: ProxyParts
  #exchange: Exchange
  readonly #limits: Required<JsonLimits>
  readonly #decoder
  readonly #openSession: (message: Message) => string | null
  /** Frames of `initialize` that came before the response, which decides what the head says. */
  #withheld = ''

  constructor(parts: ProxyParts, exchange: Exchange, openSession: (message: Message) => string | null) {
    this.#parts = parts
    this.#exchange = exchange
    this.#limits = answerLimits(parts.config)
    this.#decoder = sseDecoder({ maxLength: this.#limits.maxBytes })
    this.#openSession = openSession
    // The head goes first, whatever the body takes.
    if (!isInitialize(exchange.call)) exchange.answer.openStream()
  }

  /** How much of the stream waits here for the rest of its frame, or for the response. */
  get held(): number {
    return this.#decoder.held + this.#withheld.length
  }

  /** The text to write for these bytes. Throws when a frame is not what MCP allows. */
  push(bytes: Uint8Array): string {
    let text = ''
    for (const frame of this.#decoder.push(bytes)) text += this.#rewrite(frame)
    if (this.#exchange.answer.streaming) {
      const withheld = this.#withheld
      this.#withheld = ''
      return withheld + text
    }
    this.#withheld += text
    if (this.#withheld.length > this.#limits.maxBytes) throw new Error('too much before the response')
    return ''
  }

  #rewrite(frame: SseFrame): string {
    const { id, ...rest } = frame
    // Until the answer to a handshake nobody could go on: the client does not know its session yet.
    if (id !== undefined && !isInitialize(this.#exchange.call)) this.resumable = true
    const told =
      this.resumable && id !== undefined
        ? { ...rest, id: toldEventId(this.#parts, this.#exchange.call, id) }
        : rest
    // An event with empty data only carries the id to resume from.
    if (frame.data === undefined || frame.data === '') return encodeSse(told)
    if (frame.event === 'endpoint') return this.#openSse(frame.data)
    const message = decodeMessage(frame.data, this.#limits)
    const owner = this.sse?.callOf(message)
    if (owner !== undefined) {
      const data = this.#forCall(owner, message)
      return data === null ? '' : encodeSse({ ...told, data })
    }
    const { answer } = this.#exchange
    if (answers(message, this.#exchange)) {
      this.answered = true
      this.outcome = outcomeOf(message)
      if (!answer.streaming) answer.openStream(this.#openSession(message))
    }
    return encodeSse({ ...told, data: rewriteAnswer(this.#parts, this.#exchange, message) })
  }

  #openSse(endpoint: string): string {
    if (this.#exchange.call.kind !== 'stream' || this.sse !== undefined) throw new Error('an endpoint event')
    const opened = openSseSession(this.#parts, this.#exchange, endpoint)
    this.sse = opened.stream
    const { call } = this.#exchange
    this.#exchange = { ...this.#exchange, call: { ...call, session: opened.stream.session } }
    return encodeSse({ event: 'endpoint', data: opened.endpoint })
  }

  #forCall(owner: Waiting, message: Message): string | null {
    if (message.kind === 'response') return owner.deliver(message)
    return rewriteAnswer(this.#parts, owner.exchange ?? this.#exchange, message)
  }
}
