import type { IncomingHttpHeaders } from 'node:http'
import type { Message } from '@sallyport/jsonrpc'
import type { DecisionInput } from '@sallyport/policy'
import { CutOff, type UpstreamFault } from '../../../domain/upstream-faults.ts'
import type { Released } from '../../../governing/connector.ts'
import type { OpenExchange } from '../../../governing/open-exchanges.ts'
import { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import { InOrder } from '../../../reaching/in-order.ts'
import { onlyHeader, UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import { type AnswerMode, answerMode } from '../answers/answer-mode.ts'
import { subscriptionEndBody, upstreamFaultBody } from '../answers/answers.ts'
import { adviceOf } from '../answers/error-advice.ts'
import { OK } from '../answers/read-answer.ts'
import { redirectOf } from '../answers/redirect-of.ts'
import { passedChallenge } from '../authorization/passed-challenge.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { isEndless, type McpCall } from '../message/call.ts'
import type { ForwardingNeeds } from './forwarding-needs.ts'
import type { AnswerHead, AnswerTaker, TakenFor } from './takers/answer-taker.ts'
import { ErrorBody } from './takers/error-body.ts'
import { faultOf } from './takers/fault-of.ts'
import { MessageBody } from './takers/message-body.ts'
import { NoBody } from './takers/no-body.ts'
import { StreamBody } from './takers/stream-body.ts'

/** One forwarded message: takes in the upstream's answer, gives it to the agent, records how it ended. */
export class Forwarding extends UpstreamReceiver implements OpenExchange<McpCall> {
  readonly call: McpCall
  readonly upstreamId: string | null
  readonly endless: boolean
  readonly #needs: ForwardingNeeds
  readonly #released: Released<McpExchange>
  readonly #record: ForwardingRecord
  readonly #acts: InOrder
  #closed = false
  #status = 0
  #taker: AnswerTaker | undefined

  constructor(needs: ForwardingNeeds, released: Released<McpExchange>) {
    super()
    const { exchange, verdict, resumption } = released
    this.#needs = needs
    this.#released = released
    this.#record = new ForwardingRecord(needs.recording, exchange.call, verdict, resumption)
    this.#acts = new InOrder({
      isOver: () => this.#closed,
      onFailed: (cause) => this.#failed(faultOf('its event stream', cause)),
    })
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
    this.#stream?.closeSession(reason)
    const { call, answer } = this.#released.exchange
    this.#needs.given.told(this.#released.exchange)
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
    const { call } = this
    this.#status = status
    const contentType = onlyHeader(headers['content-type'])
    const mode = redirectOf(call, status, headers) ?? answerMode(call, status, contentType)
    if (typeof mode !== 'string') {
      this.#fail(mode)
      return
    }
    const sessionId = headers['mcp-session-id']
    const opens = call.method === 'initialize' && typeof sessionId === 'string'
    this.#taker = this.#takerOf(mode, {
      status,
      contentType,
      sessionId: opens ? sessionId : null,
      advice: mode === 'error' ? this.#adviceIn(status, headers) : {},
    })
  }

  protected override onBytes(bytes: Buffer): void {
    this.#record.responseBytes += bytes.length
    this.#taker?.take(bytes)
  }

  protected override onMessage(message: Message, bytes: Buffer): void {
    this.#record.responseBytes += bytes.length
    this.#taker?.takeMessage(message, bytes)
  }

  protected override onEnd(): void {
    this.#taker?.end()
  }

  protected override onFault(fault: UpstreamFault): void {
    if (this.#acts.waits) this.#acts.do(() => this.#failed(fault))
    else this.#failed(fault)
  }

  get #stream(): StreamBody | undefined {
    return this.#taker instanceof StreamBody ? this.#taker : undefined
  }

  #takerOf(mode: AnswerMode, head: AnswerHead): AnswerTaker {
    const takenFor = this.#takenFor(head)
    switch (mode) {
      case 'nothing':
        return new NoBody(takenFor)
      case 'message':
        return new MessageBody(takenFor)
      case 'stream':
        return new StreamBody(takenFor)
      case 'error':
        return new ErrorBody(takenFor, this.#released.again)
    }
  }

  #takenFor(head: AnswerHead): TakenFor {
    const isClosed = () => this.#closed
    return {
      needs: this.#needs,
      exchange: this.#released.exchange,
      head,
      record: this.#record,
      acts: this.#acts,
      get closed() {
        return isClosed()
      },
      close: () => this.#close(),
      fail: (fault) => this.#fail(fault),
      pause: () => this.pause(),
      resume: () => this.resume(),
    }
  }

  #adviceIn(status: number, headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
    const challenge = passedChallenge(this.call, status, headers, this.#needs.upstreamMetadata)
    const advice = adviceOf(headers)
    return challenge === undefined ? advice : { ...advice, 'www-authenticate': challenge }
  }

  #failed(fault: UpstreamFault): void {
    const { call, answer } = this.#released.exchange
    this.#needs.logger.warn(
      { actionId: call.actionId, upstream: call.upstream.name, code: fault.code, ...fault.details },
      fault.message,
    )
    this.#stream?.closeSession(fault.message)
    this.#close()
    if (this.#stream?.answered) {
      answer.end()
      this.#record.completed(this.#stream.outcome, this.#status)
      return
    }
    this.#record.failed(fault, this.#status)
    this.#needs.given.told(this.#released.exchange)
    if (this.endless && answer.streaming) answer.end()
    else answer.message(call.kind === 'request' ? 200 : 502, upstreamFaultBody(call, fault))
  }

  #gone(): void {
    this.stop()
    this.#stream?.closeSession('the client ended its stream')
    this.#close()
    if (this.endless || this.#stream?.answered)
      this.#record.completed(this.#stream?.outcome ?? OK, this.#status)
    else this.#record.aborted('the agent went away')
  }

  #fail(fault: UpstreamFault): void {
    this.stop()
    this.onFault(fault)
  }

  #close(): void {
    this.#closed = true
    this.#released.exchange.answer.onGone = undefined
    this.#needs.open.delete(this)
  }
}
