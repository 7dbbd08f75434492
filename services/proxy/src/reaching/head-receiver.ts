import type { IncomingHttpHeaders } from 'node:http'
import { SettlingReceiver } from './settling-receiver.ts'
import { onlyHeader } from './upstream-receiver.ts'

/** The beginning of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly contentType: string
}

/** Takes in the head of an answer and waits for no more of it. */
export class HeadReceiver extends SettlingReceiver<AnswerHead> {
  protected override onHead(status: number, headers: IncomingHttpHeaders): void {
    this.settle({ status, contentType: onlyHeader(headers['content-type']) ?? '' })
    this.stop()
  }
}
