import type { IncomingHttpHeaders } from 'node:http'
import { isJsonObject, type Message, type Response } from '@sallyport/jsonrpc'
import type { DecisionInput } from '@sallyport/policy'
import { sessionOpenedEvent } from '../../../domain/records.ts'
import {
  CutOff,
  UpstreamAnswerTooLarge,
  type UpstreamFault,
  UpstreamRefused,
  UpstreamTimeout,
} from '../../../domain/upstream-faults.ts'
import type { Released } from '../../../governing/connector.ts'
import type { OpenExchange } from '../../../governing/open-exchanges.ts'
import { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import { UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import { upstreamFaultBody } from '../answers/answers.ts'
import { answers, OK, outcomeOf } from '../answers/read-answer.ts'
import { redirectOf } from '../answers/redirect-of.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { ForwardingNeeds } from '../forwarding/forwarding-needs.ts'
import { isInitialize, type McpCall } from '../message/call.ts'
import { revisionText } from '../message/revision-text.ts'
import { rewriteMessage } from '../rewrite/answer-phases.ts'
import type { SseStream, Waiting } from './sse-stream.ts'

type Needs = Pick<
  ForwardingNeeds,
  'recording' | 'answerPhases' | 'answerLimits' | 'answerMs' | 'open' | 'logger'
>

/** One message posted to an HTTP+SSE upstream, until the stream brings its response. */
export class SseForwarding extends UpstreamReceiver implements OpenExchange, Waiting {
  readonly call: McpCall
  readonly endless = false
  readonly upstreamId: string | null
  readonly exchange: McpExchange
  readonly #needs: Needs
  readonly #released: Released<McpExchange>
  readonly #stream: SseStream
  readonly #record: ForwardingRecord
  #status = 0
  #over = false
  #timer: NodeJS.Timeout | undefined

  constructor(needs: Needs, released: Released<McpExchange>, stream: SseStream) {
    super()
    const { exchange, verdict, resumption } = released
    this.#needs = needs
    this.#released = released
    this.exchange = exchange
    this.call = exchange.call
    this.upstreamId = exchange.upstreamId
    this.#stream = stream
    this.#record = new ForwardingRecord(needs.recording, exchange.call, verdict, resumption)
    exchange.answer.onGone = () => this.#gone()
    needs.open.add(this)
    stream.join(this)
  }

  awaits(message: Message): message is Response {
    return message.kind === 'response' && message.id !== null && answers(message, this.exchange)
  }

  input(): DecisionInput {
    return this.#released.input()
  }

  deliver(response: Response): string | Promise<string> {
    // The upstream may answer on the stream before it has acknowledged the POST, which is left to end by itself.
    this.#close()
    const { call } = this
    this.#record.responseBytes += Buffer.byteLength(response.canonical)
    if (isInitialize(call) && 'result' in response) this.#opened(response)
    const text = rewriteMessage(this.#needs.answerPhases, this.exchange, response)
    this.exchange.answer.end()
    this.#record.completed(outcomeOf(response), this.#status)
    return text
  }

  interrupt(reason: string): void {
    this.stop()
    this.#close()
    const { call, exchange } = this
    if (call.kind === 'request') exchange.answer.message(200, upstreamFaultBody(call, new CutOff(reason)))
    else exchange.answer.end()
    this.#record.aborted(reason)
  }

  protected override onHead(status: number, headers: IncomingHttpHeaders): void {
    if (this.#over) return
    this.#status = status
    if (status >= 300) this.giveUp(redirectOf(this.call, status, headers) ?? new UpstreamRefused(status))
  }

  /** Only the status of an answer to a POST has a meaning (2024-11-05, HTTP with SSE). */
  protected override onBytes(bytes: Buffer): void {
    if (this.#over) return
    const { maxBytes: answerBytes } = this.#needs.answerLimits
    this.#record.responseBytes += bytes.length
    if (this.#record.responseBytes > answerBytes) this.giveUp(new UpstreamAnswerTooLarge(answerBytes))
  }

  protected override onEnd(): void {
    if (this.#over) return
    if (this.call.kind === 'request') {
      this.#timer = setTimeout(() => this.onFault(new UpstreamTimeout()), this.#needs.answerMs)
      return
    }
    this.#close()
    this.exchange.answer.end()
    this.#record.completed(OK, this.#status)
  }

  protected override onFault(fault: UpstreamFault): void {
    if (this.#over) return
    const { call, exchange } = this
    this.#close()
    this.#needs.logger.warn(
      { actionId: call.actionId, upstream: call.upstream.name, code: fault.code, ...fault.details },
      fault.message,
    )
    if (call.kind === 'request') exchange.answer.message(200, upstreamFaultBody(call, fault))
    else exchange.answer.end()
    this.#record.failed(fault, this.#status)
  }

  #opened({ result }: Extract<Response, { result: unknown }>): void {
    const protocolVersion = revisionText(isJsonObject(result) ? result['protocolVersion'] : undefined)
    this.#stream.protocolVersion = protocolVersion
    const { recorder, clock } = this.#needs.recording
    const { label } = this.#stream.session
    recorder.later(sessionOpenedEvent(this.call, { label, protocolVersion }, clock()))
  }

  #gone(): void {
    this.stop()
    this.#close()
    this.#record.aborted('the agent went away')
  }

  giveUp(fault: UpstreamFault): void {
    this.stop()
    this.onFault(fault)
  }

  #close(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.exchange.answer.onGone = undefined
    this.#stream.leave(this)
    this.#needs.open.delete(this)
  }
}
