import { UpstreamAnswerInvalid, UpstreamRefused } from '../../../../domain/upstream-faults.ts'
import { mediaType } from '../../answers/answer-mode.ts'
import { upstreamFaultBody } from '../../answers/answers.ts'
import { errorOutcome, readError } from '../../answers/read-answer.ts'
import type { McpExchange } from '../../exchange/mcp-exchange.ts'
import { isInitialize } from '../../message/call.ts'
import { saysSessionLost, saysStreamsSessionLost } from '../../session/lost-session.ts'
import type { Session } from '../../session/session.ts'
import { forgetToolHeaders } from '../../stateless/learn-tool-headers.ts'
import type { TakenFor } from './answer-taker.ts'
import { WholeBody } from './whole-body.ts'

type SendAgain = ((exchange: McpExchange) => Promise<void>) | undefined

/** An HTTP error. Where it says that the session is lost, a new one is opened and the call is sent again in it. */
export class ErrorBody extends WholeBody {
  readonly #again: SendAgain

  constructor(takenFor: TakenFor, again: SendAgain) {
    super(takenFor)
    this.#again = again
  }

  end(): void {
    if (this.#lostSession()) void this.#heal()
    else this.#deliver()
  }

  #lostSession(): boolean {
    const { needs, exchange, head } = this.for
    const { call } = exchange
    if (call.session === null || this.#again === undefined) return false
    // A client that begins or ends a session wants no other one in its place.
    if (call.kind === 'session_end' || isInitialize(call)) return false
    const says = call.kind === 'stream' ? saysStreamsSessionLost : saysSessionLost
    return says(head.status, this.bytes, needs.answerLimits.maxBytes)
  }

  async #heal(): Promise<void> {
    const { needs, exchange } = this.for
    try {
      const session = await needs.sessions.heal(exchange.call)
      // The agent went away, or Sallyport stops.
      if (this.for.closed) return
      if (session === undefined) {
        this.#deliver()
        return
      }
      this.for.close()
      await this.#again?.(inSession(exchange, session))
    } catch (cause) {
      // Nobody else would ever tell the agent, who waits.
      this.for.fail(new UpstreamAnswerInvalid('its end', { cause }))
    }
  }

  /** Clients read the body of a 400 to tell which revision a server speaks: what it says passes, as canonical text. */
  #deliver(): void {
    const { needs, exchange, head, record } = this.for
    const { call, answer } = exchange
    const { status, advice } = head
    const body = this.bytes
    const text = answer.streaming
      ? undefined
      : readError(exchange, body, mediaType(head.contentType), needs.answerLimits)
    this.for.close()
    needs.given.told(exchange)
    if (body.length === 0 && !answer.streaming) answer.empty(status, advice)
    else if (text !== undefined) answer.message(status, text, advice)
    else {
      const told = upstreamFaultBody(call, new UpstreamRefused(status))
      answer.message(answer.streaming ? 200 : status, told, advice)
    }
    forgetToolHeaders(needs, call, status)
    record.completed(errorOutcome(exchange, status), status)
    if (status === 404 && call.session) record.sessionClosed('the upstream does not know it any more')
  }
}

/** The same for a session that took the place of a lost one, in which no event of a stream was ever seen. */
function inSession(exchange: McpExchange, session: Session): McpExchange {
  const { call, passed } = exchange
  return { ...exchange, call: { ...call, session }, passed: { ...passed, lastEventId: undefined } }
}
