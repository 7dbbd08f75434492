import { UpstreamAnswerTooLarge } from '../../../../domain/upstream-faults.ts'
import { OK } from '../../answers/read-answer.ts'
import type { AnswerTaker, TakenFor } from './answer-taker.ts'

/** The answer to what nobody waits for: a notification, a response, the end of a session. */
export class NoBody implements AnswerTaker {
  readonly #for: TakenFor

  constructor(takenFor: TakenFor) {
    this.#for = takenFor
  }

  /** It is dropped, and still it may not go on for ever. */
  take(): void {
    const { needs, record } = this.#for
    const { maxBytes } = needs.answerLimits
    if (record.responseBytes > maxBytes) this.#for.fail(new UpstreamAnswerTooLarge(maxBytes))
  }

  takeMessage(): void {
    this.take()
  }

  end(): void {
    const { needs, exchange, head, record } = this.#for
    const { call, answer } = exchange
    this.#for.close()
    answer.empty(call.kind === 'session_end' ? head.status : 202)
    record.completed(OK, head.status)
    if (call.kind !== 'session_end' || call.session === null) return
    needs.sessions.ended(call.session)
    record.sessionClosed('the client ended it')
  }
}
