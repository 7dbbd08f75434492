import type { IncomingHttpHeaders } from 'node:http'
import type { DecisionInput } from '@sallyport/policy'
import {
  AnswersUnread,
  CutOff,
  UpstreamAnswerInvalid,
  UpstreamAnswerTooLarge,
  UpstreamFault,
  UpstreamRefused,
  UpstreamUnanswered,
} from '../../../domain/upstream-faults.ts'
import type { Released } from '../../../governing/connector.ts'
import type { OpenExchange } from '../../../governing/open-exchanges.ts'
import type { AnswerOutcome } from '../../../governing/record/forwarding-record.ts'
import { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import { onlyHeader, UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import { AnswerBody } from '../answers/answer-body.ts'
import { type AnswerMode, answerMode, mediaType } from '../answers/answer-mode.ts'
import { AnswerStream } from '../answers/answer-stream.ts'
import { subscriptionEndBody, upstreamFaultBody } from '../answers/answers.ts'
import { adviceOf } from '../answers/error-advice.ts'
import { errorOutcome, OK, readAnswer, readError } from '../answers/read-answer.ts'
import { passedChallenge } from '../authorization/passed-challenge.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { closeSseSession } from '../legacy-sse/sse-streams.ts'
import { isEndless, isInitialize, type McpCall } from '../message/call.ts'
import { rewriteMessage } from '../rewrite/answer-phases.ts'
import { saysSessionLost, saysStreamsSessionLost } from '../session/lost-session.ts'
import { openedSession } from '../session/opened-session.ts'
import type { Session } from '../session/session.ts'
import { forgetToolHeaders } from '../stateless/learn-tool-headers.ts'
import type { ForwardingNeeds } from './forwarding-needs.ts'

/** One forwarded action: takes in the upstream's answer, gives it to the agent, records how it ended. */
export class Forwarding extends UpstreamReceiver implements OpenExchange {
  readonly call: McpCall
  readonly upstreamId: string | null
  readonly endless: boolean
  readonly #needs: ForwardingNeeds
  readonly #exchange: McpExchange
  readonly #record: ForwardingRecord
  readonly #body = new AnswerBody()
  readonly #released: Released<McpExchange>
  #mode: AnswerMode = 'nothing'
  #closed = false
  #status = 0
  #contentType: string | undefined
  #sessionId: string | null = null
  #advice: Readonly<Record<string, string>> = {}
  #stream: AnswerStream | undefined
  #turn: Promise<void> | undefined

  constructor(needs: ForwardingNeeds, released: Released<McpExchange>) {
    super()
    const { exchange, verdict, resumption } = released
    this.#needs = needs
    this.#released = released
    this.#exchange = exchange
    this.#record = new ForwardingRecord(needs.recording, exchange.call, verdict, resumption)
    this.call = exchange.call
    this.upstreamId = exchange.upstreamId
    this.endless = isEndless(exchange.call)
    needs.open.add(this)
    exchange.answer.onGone = () => this.#gone()
  }

  input(): DecisionInput {
    return this.#released.input()
  }

  /** Ends it early; an agent that still waits gets an error. */
  interrupt(reason: string): void {
    this.stop()
    this.#closeSse(reason)
    const { call, answer } = this.#exchange
    if (this.endless && call.id !== null && answer.streaming)
      answer.message(200, subscriptionEndBody(call.id))
    else if (call.kind === 'request' && !this.#stream?.answered)
      answer.message(200, upstreamFaultBody(call, new CutOff(reason)))
    else if (answer.streaming) answer.end()
    else answer.empty(503)
    this.#close()
    if (this.endless) this.#record.completed(OK, this.#status)
    else this.#record.aborted(reason)
  }

  protected override onHead(status: number, headers: IncomingHttpHeaders): void {
    const { call } = this.#exchange
    this.#status = status
    this.#contentType = onlyHeader(headers['content-type'])
    const sessionId = headers['mcp-session-id']
    if (call.method === 'initialize' && typeof sessionId === 'string') this.#sessionId = sessionId
    const mode = answerMode(call, status, this.#contentType)
    if (typeof mode !== 'string') {
      this.#fail(mode)
      return
    }
    this.#mode = mode
    if (mode === 'stream') this.#beginStream()
    if (mode !== 'error') return
    this.#advice = adviceOf(headers)
    const challenge = passedChallenge(call, status, headers, this.#needs.upstreamMetadata)
    if (challenge !== undefined) this.#advice = { ...this.#advice, 'www-authenticate': challenge }
  }

  protected override onBytes(bytes: Buffer): void {
    const { maxBytes: answerBytes } = this.#needs.answerLimits
    this.#record.responseBytes += bytes.length
    switch (this.#mode) {
      case 'nothing':
        // Nobody waits for it, and still it may not go on for ever.
        if (this.#record.responseBytes > answerBytes) this.#fail(new UpstreamAnswerTooLarge(answerBytes))
        return
      case 'stream':
        this.#inTurn(() => this.#relay(bytes))
        return
      case 'message':
      case 'error':
        if (this.#record.responseBytes > answerBytes) {
          this.#fail(new UpstreamAnswerTooLarge(answerBytes))
          return
        }
        if (this.#exchange.answer.holds?.(this.#record.responseBytes) === false) {
          this.#fail(new AnswersUnread())
          return
        }
        this.#body.push(bytes)
    }
  }

  protected override onEnd(): void {
    switch (this.#mode) {
      case 'nothing':
        this.#endWithoutBody()
        return
      case 'message':
        this.#endMessage()
        return
      case 'error':
        if (this.#lostSession()) void this.#heal()
        else this.#endError()
        return
      case 'stream':
        this.#inTurn(() => this.#endStream())
        return
    }
  }

  protected override onFault(fault: UpstreamFault): void {
    if (this.#turn === undefined) this.#failed(fault)
    else this.#inTurn(() => this.#failed(fault))
  }

  #failed(fault: UpstreamFault): void {
    const { call, answer } = this.#exchange
    this.#needs.logger.warn(
      { actionId: call.actionId, upstream: call.upstream.name, code: fault.code },
      fault.message,
    )
    this.#closeSse(fault.message)
    this.#close()
    if (this.#stream?.answered) {
      answer.end()
      this.#record.completed(this.#stream.outcome, this.#status)
      return
    }
    this.#record.failed(fault, this.#status)
    if (this.endless && answer.streaming) answer.end()
    else answer.message(call.kind === 'request' ? 200 : 502, upstreamFaultBody(call, fault))
  }

  #beginStream(): void {
    const session = this.#sessionId
    this.#stream = new AnswerStream(this.#needs, this.#exchange, session, (message) =>
      openedSession(this.#needs.legacySse, this.#exchange, session, message),
    )
  }

  /** While a list waits for its verdicts, what comes after it waits too. */
  #inTurn(act: () => void | Promise<void>): void {
    const before = this.#turn
    const acting = before === undefined ? act() : before.then(() => (this.#closed ? undefined : act()))
    if (acting === undefined) return
    const turn = acting
      .catch((cause: unknown) => this.#failed(faultOf('its event stream', cause)))
      .finally(() => {
        if (this.#turn === turn) this.#turn = undefined
      })
    this.#turn = turn
  }

  #relay(bytes: Buffer): void | Promise<void> {
    try {
      const frames = this.#stream?.push(bytes)
      if (!(frames instanceof Promise)) return this.#write(frames)
      this.pause()
      return frames.then((late) => {
        if (this.#closed) return
        this.resume()
        this.#write(late)
      })
    } catch (cause) {
      this.#fail(faultOf('its event stream', cause))
    }
  }

  #write(frames: string | undefined): void {
    const { answer } = this.#exchange
    const flows = !frames || answer.write(frames)
    if (answer.holds?.(this.#stream?.held ?? 0) === false) this.#fail(new AnswersUnread())
    else if (!flows) {
      this.pause()
      answer.onceDrained(() => this.resume())
    }
  }

  #endWithoutBody(): void {
    const { call, answer } = this.#exchange
    this.#close()
    answer.empty(call.kind === 'session_end' ? this.#status : 202)
    this.#record.completed(OK, this.#status)
    if (call.kind !== 'session_end' || call.session === null) return
    this.#needs.sessions.ended(call.session)
    this.#record.sessionClosed('the client ended it')
  }

  #endMessage(): void {
    try {
      const { canonical, outcome, message } = readAnswer(
        this.#exchange,
        this.#body.bytes,
        this.#needs.answerLimits,
      )
      const sessionId =
        message === null
          ? null
          : openedSession(this.#needs.legacySse, this.#exchange, this.#sessionId, message)
      const text =
        message === null ? canonical : rewriteMessage(this.#needs.answerPhases, this.#exchange, message)
      if (text instanceof Promise)
        this.#inTurn(() => text.then((late) => this.#deliver(late, sessionId, outcome)))
      else this.#deliver(text, sessionId, outcome)
    } catch (cause) {
      this.onFault(faultOf('its JSON', cause))
    }
  }

  #deliver(text: string, sessionId: string | null, outcome: AnswerOutcome): void {
    if (this.#closed) return
    this.#close()
    const headers = sessionId === null ? {} : { 'mcp-session-id': sessionId }
    this.#exchange.answer.message(this.#status, text, headers)
    this.#record.completed(outcome, this.#status)
  }

  #lostSession(): boolean {
    const { call } = this.#exchange
    if (call.session === null || this.#released.again === undefined) return false
    // Who begins or ends a session wants no other one in its place.
    if (call.kind === 'session_end' || isInitialize(call)) return false
    const says = call.kind === 'stream' ? saysStreamsSessionLost : saysSessionLost
    return says(this.#status, this.#body.bytes, this.#needs.answerLimits.maxBytes)
  }

  async #heal(): Promise<void> {
    try {
      const session = await this.#needs.sessions.heal(this.call)
      // The agent went away, or Sallyport stops.
      if (this.#closed) return
      if (session === undefined) {
        this.#endError()
        return
      }
      this.#close()
      await this.#released.again?.(inSession(this.#exchange, session))
    } catch (cause) {
      // Nobody else would ever tell the agent, who waits.
      this.onFault(new UpstreamAnswerInvalid('its end', { cause }))
    }
  }

  /** Clients read the body of a 400 to tell which revision a server speaks: what it says passes, as canonical text. */
  #endError(): void {
    const { call, answer } = this.#exchange
    const body = this.#body.bytes
    const text = answer.streaming
      ? undefined
      : readError(this.#exchange, body, mediaType(this.#contentType), this.#needs.answerLimits)
    this.#close()
    if (body.length === 0 && !answer.streaming) answer.empty(this.#status, this.#advice)
    else if (text !== undefined) answer.message(this.#status, text, this.#advice)
    else {
      const status = answer.streaming ? 200 : this.#status
      answer.message(status, upstreamFaultBody(call, new UpstreamRefused(this.#status)), this.#advice)
    }
    forgetToolHeaders(this.#needs, call, this.#status)
    this.#record.completed(errorOutcome(this.#exchange, this.#status), this.#status)
    if (this.#status === 404 && call.session)
      this.#record.sessionClosed('the upstream does not know it any more')
  }

  #endStream(): void {
    this.#closeSse('the upstream ended its stream')
    const { call, answer } = this.#exchange
    const stream = this.#stream
    // A stream with event ids may be ended by the server and resumed by the client (2025-11-25, Streamable HTTP).
    if (call.kind === 'request' && !this.endless && !stream?.answered && !stream?.resumable) {
      this.onFault(new UpstreamUnanswered())
      return
    }
    this.#close()
    answer.end()
    this.#record.completed(stream?.outcome ?? OK, this.#status)
  }

  #gone(): void {
    this.stop()
    this.#closeSse('the client ended its stream')
    this.#close()
    if (this.endless || this.#stream?.answered)
      this.#record.completed(this.#stream?.outcome ?? OK, this.#status)
    else this.#record.aborted('the agent went away')
  }

  #fail(fault: UpstreamFault): void {
    this.stop()
    this.onFault(fault)
  }

  #closeSse(reason: string): void {
    const sse = this.#stream?.sse
    if (sse !== undefined) closeSseSession(this.#needs.legacySse, this.call, sse, reason)
  }

  #close(): void {
    this.#closed = true
    this.#exchange.answer.onGone = undefined
    this.#needs.open.delete(this)
  }
}

function faultOf(what: string, cause: unknown): UpstreamFault {
  return cause instanceof UpstreamFault ? cause : new UpstreamAnswerInvalid(what, { cause })
}

/** The same for a session that took the place of a lost one, in which no event of a stream was ever seen. */
function inSession(exchange: McpExchange, session: Session): McpExchange {
  const { call, passed } = exchange
  return { ...exchange, call: { ...call, session }, passed: { ...passed, lastEventId: undefined } }
}
