import { isJsonObject, type Message, type Response } from '@sallyport/jsonrpc'
import {
  UpstreamAnswerInvalid,
  type UpstreamFault,
  UpstreamUnanswered,
} from '../../../domain/upstream-faults.ts'
import { UnheardReceiver } from '../../../reaching/unheard-receiver.ts'
import { errorText, type RpcResult, resultIn } from '../forwarding/rpc-call.ts'
import type { SseStream, Waiting } from './sse-stream.ts'

/** One request of our own in an HTTP+SSE session: its response comes on the client's stream, and is not the client's. */
export class OwnSseCall extends UnheardReceiver implements Waiting {
  readonly exchange = null
  readonly result: Promise<RpcResult>
  readonly upstreamId: string
  readonly #stream: SseStream
  readonly #resolve: (result: RpcResult) => void
  readonly #reject: (reason: unknown) => void

  constructor(id: string, stream: SseStream) {
    super()
    this.upstreamId = id
    this.#stream = stream
    const { promise, resolve, reject } = Promise.withResolvers<RpcResult>()
    this.result = promise
    this.#resolve = resolve
    this.#reject = reject
    stream.join(this)
  }

  awaits(message: Message): message is Response {
    return message.kind === 'response' && message.id === this.upstreamId
  }

  deliver(response: Response): null {
    this.#stream.leave(this)
    if ('result' in response && isJsonObject(response.result))
      this.#resolve(resultIn(response, response.result))
    else this.#reject(new UpstreamAnswerInvalid(errorText(response)))
    return null
  }

  interrupt(): void {
    this.giveUp(new UpstreamUnanswered())
  }

  protected override onFault(fault: UpstreamFault): void {
    this.giveUp(fault)
  }

  giveUp(reason: UpstreamFault): void {
    this.#stream.leave(this)
    this.#reject(reason)
  }
}
