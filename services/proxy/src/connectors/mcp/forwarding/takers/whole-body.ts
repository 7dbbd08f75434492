import type { Message } from '@sallyport/jsonrpc'
import { AnswersUnread, UpstreamAnswerTooLarge } from '../../../../domain/upstream-faults.ts'
import { AnswerBody } from '../../answers/answer-body.ts'
import type { AnswerTaker, TakenFor } from './answer-taker.ts'

/** A body that is read as a whole, up to the largest that an answer may be. */
export abstract class WholeBody implements AnswerTaker {
  protected readonly for: TakenFor
  readonly #body = new AnswerBody()

  constructor(takenFor: TakenFor) {
    this.for = takenFor
  }

  abstract end(): void

  take(bytes: Buffer): void {
    const { needs, record, exchange } = this.for
    const { maxBytes } = needs.answerLimits
    if (record.responseBytes > maxBytes) this.for.fail(new UpstreamAnswerTooLarge(maxBytes))
    else if (exchange.answer.holds?.(record.responseBytes) === false) this.for.fail(new AnswersUnread())
    else this.#body.push(bytes)
  }

  takeMessage(_message: Message, bytes: Buffer): void {
    this.take(bytes)
  }

  protected get bytes(): Buffer {
    return this.#body.bytes
  }
}
