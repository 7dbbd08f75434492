import type { IncomingHttpHeaders } from 'node:http'
import {
  decodeAnswer,
  decodeAnswerSteps,
  isJsonObject,
  type JsonLimits,
  type JsonObject,
  type Message,
  memberText,
  type RefusedEntry,
  type Response,
  sseDecoder,
} from '@sallyport/jsonrpc'
import {
  UpstreamAnswerInvalid,
  type UpstreamFault,
  UpstreamSessionLost,
  UpstreamUnanswered,
} from '../../../domain/upstream-faults.ts'
import { InOrder } from '../../../reaching/in-order.ts'
import { inTurns, LONG_TEXT } from '../../../reaching/in-turns.ts'
import { onlyHeader, UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'
import { redirectOf } from '../answers/redirect-of.ts'
import type { McpCall } from '../message/call.ts'
import { saysSessionLost } from '../session/lost-session.ts'

export interface RpcResult {
  readonly value: JsonObject
  /** The text of the result, with its number lexemes. */
  readonly canonical: string
  /** The entries of a list that were left out of it. */
  readonly refused: readonly RefusedEntry[]
}

/** One request of our own to an upstream: takes in the answer, be it JSON or a stream, and yields its result. */
export class RpcCall extends UpstreamReceiver {
  readonly result: Promise<RpcResult>
  /** The `Mcp-Session-Id` of the answer. */
  sessionId: string | undefined
  readonly #id: string
  readonly #about: Pick<McpCall, 'upstream' | 'session'>
  readonly #limits: Required<JsonLimits>
  readonly #resolve: (result: RpcResult) => void
  readonly #reject: (reason: unknown) => void
  /** While a message is read in turns, the messages behind it wait. */
  readonly #acts = new InOrder({
    isOver: () => this.#settled,
    onFailed: (cause) => this.giveUp(new UpstreamAnswerInvalid('not MCP', { cause })),
  })
  #settled = false
  #decoder: ReturnType<typeof sseDecoder> | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  #status = 0

  /** `about`: the call that it is sent for. */
  constructor(id: string, about: Pick<McpCall, 'upstream' | 'session'>, limits: Required<JsonLimits>) {
    super()
    this.#id = id
    this.#about = about
    this.#limits = limits
    const { promise, resolve, reject } = Promise.withResolvers<RpcResult>()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Gives up; the result rejects. */
  giveUp(reason: UpstreamFault): void {
    this.stop()
    this.#reject(reason)
  }

  protected override onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    // Of these the body may say that it is the session which is unknown.
    if (status === 400 || status === 404) return
    if (status !== 200) {
      this.giveUp(redirectOf(this.#about, status, headers) ?? new UpstreamAnswerInvalid(`status ${status}`))
      return
    }
    this.sessionId = onlyHeader(headers['mcp-session-id'])
    if (onlyHeader(headers['content-type'])?.startsWith('text/event-stream'))
      this.#decoder = sseDecoder({ maxLength: this.#limits.maxBytes })
  }

  protected override onBytes(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > this.#limits.maxBytes) {
      this.giveUp(new UpstreamAnswerInvalid('too long'))
      return
    }
    if (this.#decoder === undefined) {
      this.#chunks.push(bytes)
      return
    }
    this.#acts.do(() => {
      for (const { data } of this.#decoder?.push(bytes) ?? []) if (data) this.#read(data)
    })
  }

  protected override onMessage(message: Message, bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > this.#limits.maxBytes) this.giveUp(new UpstreamAnswerInvalid('too long'))
    else this.#settle(message)
  }

  protected override onEnd(): void {
    if (this.#decoder === undefined) {
      const body = Buffer.concat(this.#chunks)
      if (this.#status !== 200) {
        this.#reject(this.#refused(body))
        return
      }
      this.#read(body)
    }
    this.#acts.do(() => this.#reject(new UpstreamUnanswered()))
  }

  protected override onFault(fault: UpstreamFault): void {
    this.#reject(fault)
  }

  #refused(body: Buffer): UpstreamFault {
    const lost = saysSessionLost(this.#status, body, this.#limits.maxBytes)
    return lost ? new UpstreamSessionLost() : new UpstreamAnswerInvalid(`status ${this.#status}`)
  }

  #read(source: Uint8Array | string): void {
    const { length } = source
    this.#acts.do(() => (length > LONG_TEXT ? this.#readInTurns(source) : this.#readAtOnce(source)))
  }

  #readAtOnce(source: Uint8Array | string): void {
    this.#take(decodeAnswer(source, this.#limits))
  }

  async #readInTurns(source: Uint8Array | string): Promise<void> {
    this.#take(await inTurns(decodeAnswerSteps(source, this.#limits)))
  }

  /** A stream may go on behind the response, and nobody listens to it. */
  #take(message: Message): void {
    this.#settle(message)
    if (this.#settled && this.#decoder !== undefined) this.stop()
  }

  #settle(message: Message): void {
    // An error without an id answers the only request there is.
    if (message.kind !== 'response' || (message.id !== null && message.id !== this.#id)) return
    this.#settled = true
    if ('result' in message && isJsonObject(message.result)) this.#resolve(resultIn(message, message.result))
    else this.#reject(new UpstreamAnswerInvalid(errorText(message)))
  }
}

/** The result of a response whose result is this object. */
export function resultIn(response: Extract<Response, { result: unknown }>, value: JsonObject): RpcResult {
  const { canonical, refused = [] } = response
  return { value, canonical: memberText(canonical, ['result']) ?? '{}', refused }
}

export function errorText(response: Response): string {
  return 'error' in response ? `an error (${response.error.code})` : 'a result that is not an object'
}
