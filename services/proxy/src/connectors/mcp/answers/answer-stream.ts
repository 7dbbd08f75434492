import {
  type Batch,
  decodeAnswer,
  decodeAnswerSteps,
  encodeSse,
  type JsonLimits,
  type Message,
  type RequestId,
  type Response,
  refusalOf,
  type SseFrame,
  sseDecoder,
} from '@sallyport/jsonrpc'
import { BoundedMap } from '@sallyport/runtime'
import { ANSWERED, type DroppedMessage, UNASKED } from '../../../domain/dropped-message.ts'
import { droppedFrom } from '../../../domain/records.ts'
import { sessionLabel } from '../../../domain/session-label.ts'
import { UpstreamAnswerInvalid } from '../../../domain/upstream-faults.ts'
import type { AnswerOutcome } from '../../../governing/record/forwarding-record.ts'
import type { Recording } from '../../../governing/record/record-decision.ts'
import { inTurns, LONG_TEXT } from '../../../reaching/in-turns.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { SseStream, Waiting } from '../legacy-sse/sse-stream.ts'
import { type LegacySse, openSseSession } from '../legacy-sse/sse-streams.ts'
import { isInitialize } from '../message/call.ts'
import { BATCH_REVISION } from '../message/protocol-versions.ts'
import { type McpAnswerPhases, rewriteMessage } from '../rewrite/answer-phases.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import { type EventParty, toldEventId } from '../session/event-ids.ts'
import type { GivenAnswers } from './given-answers.ts'
import { answers, OK, outcomeOf } from './read-answer.ts'

const MOST_GIVEN = 10_000

type Text = string | Promise<string>

/** The parts that passing a stream on needs. */
export interface Streaming extends WithIds {
  readonly answerPhases: McpAnswerPhases
  readonly answerLimits: Required<JsonLimits>
  readonly legacySse: LegacySse
  readonly recording: Pick<Recording, 'dropped'>
  readonly given: GivenAnswers
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
  /** The responses that have passed, by the upstream's ids. */
  readonly #given = new BoundedMap<RequestId, true>(MOST_GIVEN)
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
    const frames = this.#decoder.push(bytes)
    const texts = frames.flatMap((frame, at) =>
      isPassedOver(frame, frames[at + 1]) ? [] : this.#rewrite(frame),
    )
    return areReady(texts) ? this.#released(texts) : Promise.all(texts).then((late) => this.#released(late))
  }

  /** The same for one event, whose message is decoded already. */
  pushMessage(message: Message): string | Promise<string> {
    const text = this.#event({ event: 'message' }, this.#dataOf(message))
    return text instanceof Promise ? text.then((late) => this.#released([late])) : this.#released([text])
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
    if (frame.data.length > LONG_TEXT && !this.#mayBatch())
      return this.#event(told, this.#inTurns(frame.data))
    const decoded = this.#decoded(frame.data)
    if (decoded === undefined) return ''
    if (decoded.kind !== 'batch') return this.#event(told, this.#dataOf(decoded))
    // Each goes on by itself; a client that resumes does so behind the last.
    const last = decoded.messages.length - 1
    return decoded.messages.map((message, i) => this.#event(i === last ? told : rest, this.#dataOf(message)))
  }

  /** Reading megabytes takes its time: others have their turns in between. */
  async #inTurns(data: string): Promise<string | null> {
    try {
      return await this.#dataOf(await inTurns(decodeAnswerSteps(data, this.#limits)))
    } catch (cause) {
      return this.#refusedAlone(data, cause)
    }
  }

  /**
   * Undefined for what is refused alone: a stream that several calls share goes on, and the call whose response it was is
   * told. Throws where the stream is for one call.
   */
  #decoded(data: string): Message | Batch | undefined {
    try {
      return decodeAnswer(data, { ...this.#limits, allowBatch: this.#mayBatch() })
    } catch (cause) {
      this.#refusedAlone(data, cause)
      return undefined
    }
  }

  #refusedAlone(data: string, cause: unknown): null {
    const { kind } = this.#exchange.call
    if (kind !== 'stream') throw cause
    const { rule, place } = refusalOf(cause) ?? { rule: 'unreadable', place: null }
    this.sse?.calledIn(data)?.giveUp(new UpstreamAnswerInvalid('its message', { cause }))
    return this.#drop({ reason: 'refused', rule, place })
  }

  #event(frame: SseFrame, data: string | null | Promise<string | null>): Text {
    if (data instanceof Promise) {
      const text = data.then((late) => (late === null ? '' : encodeSse({ ...frame, data: late })))
      // The one that waits for the answer is told. Nobody waits when a later frame of the same bytes was refused.
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
    const drop = message.kind === 'response' ? this.#notWaitedFor(message) : undefined
    if (drop !== undefined) return this.#drop(drop)
    const { answer } = this.#exchange
    if (answers(message, this.#exchange)) {
      this.answered = true
      this.outcome = outcomeOf(message)
      if (!answer.streaming) answer.openStream(this.#openSession(message))
    }
    return rewriteMessage(this.#streaming.answerPhases, this.#exchange, message)
  }

  /**
   * Why a response reaches nobody: its request had one, on this stream or on another, or nothing on this stream waits for it.
   */
  #notWaitedFor({ id }: Response): DroppedMessage | undefined {
    if (this.sse !== undefined) return id !== null && this.#given.has(id) ? ANSWERED : UNASKED
    const { call, upstreamId, passed } = this.#exchange
    const key = id ?? upstreamId ?? ''
    // MCP 2026-07-28: a stream belongs to the request that opened it.
    if (call.era === 'stateless' && key !== upstreamId) return UNASKED
    // A client that goes on behind an event may not have read what came after it.
    const replays = passed.lastEventId !== undefined
    if (this.#given.has(key) || (!replays && this.#streaming.given.has(key))) {
      if (key === upstreamId) this.answered = true
      return ANSWERED
    }
    this.#given.set(key, true)
    this.#streaming.given.add(key)
    return undefined
  }

  #drop(dropped: DroppedMessage): null {
    this.#streaming.recording.dropped.tell(droppedFrom(this.#exchange.call), dropped)
    return null
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
    if (message.kind === 'response') {
      if (message.id !== null) this.#given.set(message.id, true)
      return owner.deliver(message)
    }
    return rewriteMessage(this.#streaming.answerPhases, owner.exchange ?? this.#exchange, message)
  }
}

/** An id by itself only says where to resume, and another one that follows at once says that better. */
function isPassedOver(frame: SseFrame, next: SseFrame | undefined): boolean {
  const { id, data, comment, event, retry } = frame
  const isOnlyId = id !== undefined && data === undefined && comment === undefined && event === undefined
  return isOnlyId && retry === undefined && next?.id !== undefined
}

function areReady(texts: readonly Text[]): texts is readonly string[] {
  return texts.every((text) => typeof text === 'string')
}
