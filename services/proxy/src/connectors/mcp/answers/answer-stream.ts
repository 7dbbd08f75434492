import {
  decodeMessage,
  encodeSse,
  type JsonLimits,
  type Message,
  type SseFrame,
  sseDecoder,
} from '@sallyport/jsonrpc'
import type { AnswerOutcome } from '../../../governing/record/forwarding-record.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { SseStream, Waiting } from '../legacy-sse/sse-stream.ts'
import { type LegacySse, openSseSession } from '../legacy-sse/sse-streams.ts'
import { isInitialize } from '../message/call.ts'
import { BATCH_REVISION } from '../message/protocol-versions.ts'
import { type McpAnswerPhases, rewriteMessage } from '../rewrite/answer-phases.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import { type EventParty, toldEventId } from '../session/event-ids.ts'
import { sessionLabel } from '../session/session-seal.ts'
import { answers, OK, outcomeOf } from './read-answer.ts'

type Text = string | Promise<string>

/** The parts that passing a stream on needs. */
export interface Streaming extends WithIds {
  readonly answerPhases: McpAnswerPhases
  readonly answerLimits: Required<JsonLimits>
  readonly legacySse: LegacySse
}

/** An upstream's event stream on its way to the agent: each frame is decoded and written anew at once. */
export class AnswerStream {
  /** Whether the response to the call has passed. */
  answered = false
  /** Whether a frame had an id, from which the client can go on by itself. */
  resumable = false
  outcome: AnswerOutcome = OK
  /** Set once the upstream turned out to speak HTTP+SSE (2024-11-05). */
  sse: SseStream | undefined
  readonly #streaming: Streaming
  #exchange: McpExchange
  /** The session whose events they are; of a handshake, the session that it opens. */
  readonly #party: EventParty
  readonly #limits: Required<JsonLimits>
  readonly #decoder
  readonly #openSession: (message: Message) => string | null
  /** Frames of `initialize` that came before the response, which decides what the head says. */
  #withheld = ''

  /** `sessionId` is what the head of a handshake's answer says. */
  constructor(
    streaming: Streaming,
    exchange: McpExchange,
    sessionId: string | null,
    openSession: (message: Message) => string | null,
  ) {
    const opening = sessionId === null ? null : { id: sessionId, label: sessionLabel(sessionId) }
    this.#party = { ...exchange.call, session: exchange.call.session ?? opening }
    this.#streaming = streaming
    this.#exchange = exchange
    this.#limits = streaming.answerLimits
    this.#decoder = sseDecoder({ maxLength: this.#limits.maxBytes })
    this.#openSession = openSession
    // Status and headers go first; the body may take its time.
    if (!isInitialize(exchange.call)) exchange.answer.openStream()
  }

  /** How much of the stream waits here for the rest of its frame, or for the response. */
  get held(): number {
    return this.#decoder.held + this.#withheld.length
  }

  /**
   * The text to write for these bytes; later where a list in them waits for its verdicts. Throws, or rejects, when a
   * frame is not what MCP allows.
   */
  push(bytes: Uint8Array): string | Promise<string> {
    const texts = this.#decoder.push(bytes).flatMap((frame) => this.#rewrite(frame))
    return areReady(texts) ? this.#released(texts) : Promise.all(texts).then((late) => this.#released(late))
  }

  #released(texts: readonly string[]): string {
    const text = texts.join('')
    if (this.#exchange.answer.streaming) {
      const withheld = this.#withheld
      this.#withheld = ''
      return withheld + text
    }
    this.#withheld += text
    if (this.#withheld.length > this.#limits.maxBytes) throw new Error('too much before the response')
    return ''
  }

  #rewrite(frame: SseFrame): Text | Text[] {
    const { id, ...rest } = frame
    if (id !== undefined) this.resumable = true
    const told = id === undefined ? rest : { ...rest, id: toldEventId(this.#streaming, this.#party, id) }
    // An event with empty data only carries the id to resume from.
    if (frame.data === undefined || frame.data === '') return encodeSse(told)
    if (frame.event === 'endpoint') return this.#openSse(frame.data)
    const decoded = decodeMessage(frame.data, { ...this.#limits, allowBatch: this.#mayBatch() })
    if (decoded.kind !== 'batch') return this.#event(told, this.#dataOf(decoded))
    // Each goes on by itself; a client that resumes does so behind the last.
    const last = decoded.messages.length - 1
    return decoded.messages.map((message, i) => this.#event(i === last ? told : rest, this.#dataOf(message)))
  }

  #event(frame: SseFrame, data: string | null | Promise<string>): Text {
    if (data instanceof Promise) {
      const text = data.then((late) => encodeSse({ ...frame, data: late }))
      // Whoever waits for the answer is told. Nobody waits when a later frame of the same bytes was refused.
      text.catch(() => undefined)
      return text
    }
    return data === null ? '' : encodeSse({ ...frame, data })
  }

  /** MCP 2025-03-26, Streamable HTTP: servers too may put several messages into one event. */
  #mayBatch(): boolean {
    const { session, protocolVersion } = this.#exchange.call
    return (session?.protocolVersion ?? protocolVersion) === BATCH_REVISION
  }

  #dataOf(message: Message): string | null | Promise<string> {
    const owner = this.sse?.callOf(message)
    if (owner !== undefined) return this.#forCall(owner, message)
    const { answer } = this.#exchange
    if (answers(message, this.#exchange)) {
      this.answered = true
      this.outcome = outcomeOf(message)
      if (!answer.streaming) answer.openStream(this.#openSession(message))
    }
    return rewriteMessage(this.#streaming.answerPhases, this.#exchange, message)
  }

  #openSse(endpoint: string): string {
    if (this.#exchange.call.kind !== 'stream' || this.sse !== undefined) throw new Error('an endpoint event')
    const opened = openSseSession(this.#streaming.legacySse, this.#exchange, endpoint)
    this.sse = opened.stream
    const { call } = this.#exchange
    this.#exchange = { ...this.#exchange, call: { ...call, session: opened.stream.session } }
    return encodeSse({ event: 'endpoint', data: opened.endpoint })
  }

  #forCall(owner: Waiting, message: Message): string | null | Promise<string> {
    if (message.kind === 'response') return owner.deliver(message)
    return rewriteMessage(this.#streaming.answerPhases, owner.exchange ?? this.#exchange, message)
  }
}

function areReady(texts: readonly Text[]): texts is readonly string[] {
  return texts.every((text) => typeof text === 'string')
}
