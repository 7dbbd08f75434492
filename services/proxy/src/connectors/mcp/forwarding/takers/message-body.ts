import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Message } from '@sallyport/jsonrpc'
import { ANSWERED } from '../../../../domain/dropped-message.ts'
import { droppedFrom } from '../../../../domain/records.ts'
import type { AnswerOutcome } from '../../../../governing/record/forwarding-record.ts'
import { inTurns, LONG_TEXT } from '../../../../reaching/in-turns.ts'
import { answerIn, type ReadAnswer, readAnswer, readAnswerSteps } from '../../answers/read-answer.ts'
import { rewriteMessage } from '../../rewrite/answer-phases.ts'
import { openedSession } from '../../session/opened-session.ts'
import { faultOf } from './fault-of.ts'
import { WholeBody } from './whole-body.ts'

/** One JSON-RPC message as the whole answer. */
export class MessageBody extends WholeBody {
  #decoded: Message | undefined

  override takeMessage(message: Message, bytes: Buffer): void {
    this.take(bytes)
    this.#decoded = message
  }

  end(): void {
    const { acts } = this.for
    if (this.#decoded === undefined && this.bytes.length > LONG_TEXT) acts.do(() => this.#readInTurns())
    else this.#readAtOnce()
  }

  #readAtOnce(): void {
    const { needs, exchange } = this.for
    try {
      const decoded = this.#decoded
      const read = decoded
        ? answerIn(exchange, decoded)
        : readAnswer(exchange, this.bytes, needs.answerLimits)
      this.#pass(read)
    } catch (cause) {
      this.for.fail(faultOf('its JSON', cause))
    }
  }

  async #readInTurns(): Promise<void> {
    const { needs, exchange } = this.for
    try {
      const read = await inTurns(readAnswerSteps(exchange, this.bytes, needs.answerLimits))
      if (!this.for.closed) this.#pass(read)
    } catch (cause) {
      this.for.fail(faultOf('its JSON', cause))
    }
  }

  #pass({ canonical, outcome, message }: ReadAnswer): void {
    const { needs, exchange, head, acts } = this.for
    const sessionId =
      message === null ? null : openedSession(needs.legacySse, exchange, head.sessionId, message)
    const text = message === null ? canonical : rewriteMessage(needs.answerPhases, exchange, message)
    if (typeof text === 'string' && text.length <= LONG_TEXT) {
      this.#deliver(text, sessionId, outcome)
      return
    }
    // Writing megabytes takes its time too.
    const later = typeof text === 'string' ? nextTurn(text) : text
    acts.do(() => later.then((late) => this.#deliver(late, sessionId, outcome)))
  }

  #deliver(text: string, sessionId: string | null, outcome: AnswerOutcome): void {
    if (this.for.closed) return
    const { needs, exchange, head, record } = this.for
    const { answer, upstreamId, call } = exchange
    this.for.close()
    record.completed(outcome, head.status)
    if (needs.given.has(upstreamId)) {
      needs.recording.dropped.tell(droppedFrom(call), ANSWERED)
      answer.empty(202)
      return
    }
    needs.given.told(exchange)
    answer.message(head.status, text, sessionId === null ? {} : { 'mcp-session-id': sessionId })
  }
}
