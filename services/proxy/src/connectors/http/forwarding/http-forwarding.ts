import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { DecisionInput } from '@sallyport/policy'
import { SallyportError } from '@sallyport/runtime'
import {
  CutOff,
  StreamsFull,
  UpstreamAnswerInvalid,
  UpstreamFault,
  UpstreamTimeout,
} from '../../../domain/upstream-faults.ts'
import { passAnswer } from '../../../governing/answer-phases.ts'
import type { OpenExchange } from '../../../governing/open-exchanges.ts'
import type { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import { InOrder } from '../../../reaching/in-order.ts'
import { UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import { HTTP_ANSWER_PHASES, type HttpAnswerPart } from '../answers/answer-part.ts'
import { type OwnAnswer, upstreamProblem } from '../answers/problems.ts'
import { refusalProblem } from '../answers/refusals.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import { type Field, fieldsOf, fieldValue } from '../headers/field.ts'
import type { HttpCall } from '../message/http-call.ts'
import { Tunnel } from './tunnel.ts'

export interface HttpForwardingOptions {
  readonly exchange: HttpExchange
  readonly record: ForwardingRecord
  /** How long an upstream may be silent in its answer; a stream of events may as long as it likes. */
  readonly idleMs: number
  /** The facts, as of now, that decide whether it may go on. */
  readonly input: () => DecisionInput
  readonly onOver: () => void
}

/**
 * One forwarded request: gives the agent the upstream's answer part by part, no faster than it is read, and records how
 * it ended.
 */
export class HttpForwarding extends UpstreamReceiver implements OpenExchange<HttpCall> {
  readonly call: HttpCall
  readonly upstreamId = null
  readonly #options: HttpForwardingOptions
  readonly #exchange: HttpExchange
  readonly #record: ForwardingRecord
  readonly #hash = createHash('sha256')
  /** Parts are given in their order, also where a phase holds one. */
  readonly #parts: InOrder
  #silence: NodeJS.Timeout | undefined
  #tunnel: Tunnel | undefined
  #endless = false
  #over = false
  #complete = false
  #status = 0

  constructor(options: HttpForwardingOptions) {
    super()
    this.#options = options
    this.#exchange = options.exchange
    this.#record = options.record
    this.#parts = new InOrder({
      isOver: () => this.#over,
      onFailed: (cause) => this.#refuse(cause),
      onWaits: (waits) => (waits ? this.pause() : this.resume()),
    })
    this.call = options.exchange.call
    options.exchange.answer.onGone = () => this.#gone()
  }

  get endless(): boolean {
    return this.#endless
  }

  input(): DecisionInput {
    return this.#options.input()
  }

  /** Ends it early; an agent that still waits is told why. */
  interrupt(reason: string): void {
    if (this.#over) return
    this.stop()
    if (this.#tunnel === undefined) this.#tell(upstreamProblem(this.call, new CutOff(reason)))
    this.#tunnel?.end()
    this.#close()
    this.#record.aborted(reason)
  }

  protected override onHead(status: number): void {
    const fields = fieldsOf(this.rawHeaders())
    this.#status = status
    this.#endless = isEventStream(fields)
    if (this.#endless && !this.#exchange.answer.becomesStream()) {
      this.#refuse(new StreamsFull())
      return
    }
    this.#take({ kind: 'head', status, fields })
  }

  protected override onBytes(bytes: Buffer): void {
    this.#record.responseBytes += bytes.length
    this.#hash.update(bytes)
    this.#take({ kind: 'bytes', bytes })
  }

  protected override onEnd(): void {
    this.#take({ kind: 'end', trailers: fieldsOf(this.rawTrailers()) })
  }

  protected override onFault(fault: UpstreamFault): void {
    if (this.#over) return
    const broken = this.#exchange.body?.failure
    if (broken === undefined) this.#tell(upstreamProblem(this.call, fault))
    else if (broken instanceof SallyportError) this.#tell(refusalProblem(broken, this.call))
    else this.#exchange.answer.breakOff()
    this.#close()
    if (broken === undefined) this.#record.failed(fault, this.#status)
    else this.#record.aborted(broken.message)
  }

  protected override onUpgraded(socket: Duplex): void {
    const { answer } = this.#exchange
    this.#status = 101
    this.#endless = true
    if (!answer.becomesStream()) {
      socket.destroy()
      this.onFault(new StreamsFull())
      return
    }
    // Another protocol has no parts that a phase could read; its head has.
    const head: HttpAnswerPart = { kind: 'head', status: 101, fields: fieldsOf(this.rawHeaders()) }
    const passed = passAnswer(HTTP_ANSWER_PHASES, this.#exchange, head)
    if (passed instanceof Promise || passed.kind !== 'head') {
      socket.destroy()
      this.onFault(new UpstreamAnswerInvalid('a head that was held'))
      return
    }
    const agent = answer.switchProtocols(passed.fields)
    this.#tunnel = new Tunnel(agent, socket, () => this.#tunnelClosed())
  }

  #take(part: HttpAnswerPart): void {
    clearTimeout(this.#silence)
    this.#parts.do(() => {
      const passed = passAnswer(HTTP_ANSWER_PHASES, this.#exchange, part)
      if (passed instanceof Promise) return passed.then((ready) => this.#deliver(ready))
      this.#deliver(passed)
    })
  }

  #deliver(part: HttpAnswerPart): void {
    const { answer } = this.#exchange
    if (this.#over) return
    switch (part.kind) {
      case 'head':
        answer.begin(part.status, part.fields)
        this.#listen()
        return
      case 'bytes':
        if (answer.write(part.bytes)) {
          this.#listen()
          return
        }
        this.pause()
        answer.onceDrained(() => {
          this.resume()
          this.#listen()
        })
        return
      case 'end':
        this.#complete = true
        this.#close()
        answer.end(part.trailers)
        this.#completed()
    }
  }

  /** Silence is the upstream's only while the agent takes what comes. */
  #listen(): void {
    if (this.#endless || this.#over) return
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#refuse(new UpstreamTimeout()), this.#options.idleMs)
  }

  #refuse(cause: unknown): void {
    this.stop()
    this.onFault(
      cause instanceof UpstreamFault ? cause : new UpstreamAnswerInvalid('it cannot be passed on', { cause }),
    )
  }

  #tell({ status, fields, text }: OwnAnswer): void {
    const { answer } = this.#exchange
    if (answer.begun) answer.breakOff()
    else answer.whole(status, fields, text)
  }

  #completed(): void {
    const failed = this.#status >= 400
    this.#record.completed(
      { outcome: failed ? 'upstream_error' : 'ok', errorCode: failed ? this.#status : null },
      this.#status,
    )
  }

  #tunnelClosed(): void {
    if (this.#over) return
    const { fromAgent, fromUpstream } = this.#tunnel?.bytes ?? { fromAgent: 0, fromUpstream: 0 }
    this.#record.responseBytes = fromUpstream
    this.#record.passed = { requestBytes: fromAgent }
    this.#close()
    this.#completed()
  }

  #gone(): void {
    if (this.#over || this.#tunnel !== undefined) return
    this.stop()
    this.#close()
    // A stream has no end: its listener leaves when it has heard enough.
    if (this.#endless) this.#completed()
    else this.#record.aborted('the agent went away')
  }

  #close(): void {
    this.#over = true
    clearTimeout(this.#silence)
    this.#options.onOver()
    if (this.#tunnel !== undefined) return
    const { sent } = this.#exchange.body ?? {}
    const request =
      sent !== undefined && this.call.body.kind === 'stream'
        ? { requestBytes: sent.bytes, requestDigest: sent.sha256 }
        : {}
    this.#record.passed = { ...request, responseDigest: this.#complete ? this.#hash.digest('hex') : null }
  }
}

function isEventStream(fields: readonly Field[]): boolean {
  return /^\s*text\/event-stream\b/i.test(fieldValue(fields, 'content-type') ?? '')
}
