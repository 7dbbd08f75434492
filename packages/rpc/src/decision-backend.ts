import type { Client, ClientDuplexStream, Metadata, ServiceError } from '@grpc/grpc-js'
import type { DecisionInput, Verdict } from '@sallyport/policy'
import { Backoff, messageOf } from '@sallyport/runtime'
import { callUnary } from './channel.ts'
import { fromWireVerdict, toWireInput } from './decision-wire.ts'
import { decisionService } from './definitions.ts'
import type { DecideRequest } from './gen/sallyport/decision/v1/DecideRequest.ts'
import type { DecideResponse__Output } from './gen/sallyport/decision/v1/DecideResponse.ts'
import { errorOf } from './status.ts'

type DecisionStream = ClientDuplexStream<DecideRequest, DecideResponse__Output>

export interface BackendEvents {
  readonly onAnswer: (requestId: number, verdicts: readonly Verdict[]) => void
  /** The stream ended; what was sent over it and not answered is lost. */
  readonly onLost: (backend: DecisionBackend) => void
}

/**
 * One decision instance: a stream that is kept open. It counts as open once the server has answered it with
 * its headers, so a peer that takes connections and does nothing never does.
 */
export class DecisionBackend {
  readonly name: string
  readonly #client: Client
  readonly #metadata: Metadata
  readonly #events: BackendEvents
  #stream: DecisionStream | undefined
  #open = false
  readonly #backoff = new Backoff({ firstMs: 50, longestMs: 2000 })
  #retry: NodeJS.Timeout | undefined
  #closed = false
  #lastHeard = 0
  #fault: string | undefined

  constructor(name: string, client: Client, metadata: Metadata, events: BackendEvents) {
    this.name = name
    this.#client = client
    this.#metadata = metadata
    this.#events = events
    this.#connect()
  }

  isOpen(): boolean {
    return this.#open
  }

  /** Why there is no stream, as far as it is known. */
  fault(): string | undefined {
    return this.#open ? undefined : this.#fault
  }

  /** Whether anything at all came over the stream since then (by `performance.now`). */
  heardSince(instant: number): boolean {
    return this.#lastHeard >= instant
  }

  send(requestId: number, inputs: readonly DecisionInput[]): void {
    this.#stream?.write({ requestId, inputs: inputs.map(toWireInput) })
  }

  /** Rejects with a `SallyportError`. */
  async askOnce(inputs: readonly DecisionInput[], withinMs: number): Promise<readonly Verdict[]> {
    const deadline = Date.now() + withinMs
    const answer = await callUnary<DecideRequest, DecideResponse__Output>(
      this.#client,
      decisionService,
      'Decide',
      { requestId: 0, inputs: inputs.map(toWireInput) },
      this.#metadata,
      { deadline },
    )
    return answer.verdicts.map(fromWireVerdict)
  }

  /** Gives the stream up and opens another: the peer hangs. */
  reset(): void {
    this.#stream?.cancel()
    this.#lost(this.#stream)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#stream?.cancel()
    this.#lost(this.#stream)
    this.#client.close()
  }

  #connect(): void {
    const { path, requestSerialize, responseDeserialize } = decisionService['DecideStream'] ?? {}
    if (!path || !requestSerialize || !responseDeserialize)
      throw new TypeError('the stream is not in the proto')
    const stream: DecisionStream = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => DecideResponse__Output,
      this.#metadata,
    )
    this.#stream = stream
    stream.on('metadata', () => {
      if (this.#stream !== stream) return
      this.#open = true
      this.#backoff.reset()
      this.#lastHeard = performance.now()
    })
    stream.on('data', (answer: DecideResponse__Output) => {
      this.#lastHeard = performance.now()
      this.#events.onAnswer(answer.requestId, answer.verdicts.map(fromWireVerdict))
    })
    // A failed stream reports its end twice, as an error and as a status; the status comes always.
    stream.on('error', (failure: ServiceError) => {
      this.#fault = messageOf(errorOf(failure))
    })
    stream.on('status', () => this.#lost(stream))
  }

  #lost(stream: DecisionStream | undefined): void {
    if (stream === undefined || this.#stream !== stream) return
    this.#stream = undefined
    this.#open = false
    this.#events.onLost(this)
    if (this.#closed) return
    this.#retry = setTimeout(() => this.#connect(), this.#backoff.nextMs())
  }
}
