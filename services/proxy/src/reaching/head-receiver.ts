import type { IncomingHttpHeaders } from 'node:http'
import type { UpstreamFault } from '../domain/upstream-faults.ts'
import { onlyHeader, UpstreamReceiver } from './upstream-receiver.ts'

/** The beginning of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly contentType: string
}

/** Takes in the head of an answer and lets the rest go; rejects with the fault. */
export class HeadReceiver extends UpstreamReceiver {
  readonly head: Promise<AnswerHead>
  readonly #resolve: (head: AnswerHead) => void
  readonly #reject: (fault: UpstreamFault) => void

  constructor() {
    super()
    const { promise, resolve, reject } = Promise.withResolvers<AnswerHead>()
    this.head = promise
    this.#resolve = resolve
    this.#reject = reject
    promise.catch(() => {})
  }

  giveUp(fault: UpstreamFault): void {
    this.stop()
    this.#reject(fault)
  }

  protected override onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#resolve({ status, contentType: onlyHeader(headers['content-type']) ?? '' })
    this.stop()
  }

  protected override onBytes(): void {
    this.stop()
  }

  protected override onEnd(): void {}

  protected override onFault(fault: UpstreamFault): void {
    this.#reject(fault)
  }
}
