import type { AnswerOutcome } from '../../../../governing/record/forwarding-record.ts'
import { readAnswer } from '../../answers/read-answer.ts'
import { rewriteMessage } from '../../rewrite/answer-phases.ts'
import { openedSession } from '../../session/opened-session.ts'
import { faultOf } from './fault-of.ts'
import { WholeBody } from './whole-body.ts'

/** One JSON-RPC message as the whole answer. */
export class MessageBody extends WholeBody {
  end(): void {
    const { needs, exchange, head, turns } = this.for
    try {
      const { canonical, outcome, message } = readAnswer(exchange, this.bytes, needs.answerLimits)
      const sessionId =
        message === null ? null : openedSession(needs.legacySse, exchange, head.sessionId, message)
      const text = message === null ? canonical : rewriteMessage(needs.answerPhases, exchange, message)
      if (text instanceof Promise)
        turns.take(() => text.then((late) => this.#deliver(late, sessionId, outcome)))
      else this.#deliver(text, sessionId, outcome)
    } catch (cause) {
      this.for.fail(faultOf('its JSON', cause))
    }
  }

  #deliver(text: string, sessionId: string | null, outcome: AnswerOutcome): void {
    if (this.for.closed) return
    const { exchange, head, record } = this.for
    this.for.close()
    exchange.answer.message(head.status, text, sessionId === null ? {} : { 'mcp-session-id': sessionId })
    record.completed(outcome, head.status)
  }
}
