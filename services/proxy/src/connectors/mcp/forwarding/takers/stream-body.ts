import type { Message } from '@sallyport/jsonrpc'
import { AnswersUnread, UpstreamUnanswered } from '../../../../domain/upstream-faults.ts'
import type { AnswerOutcome } from '../../../../governing/record/forwarding-record.ts'
import { AnswerStream } from '../../answers/answer-stream.ts'
import { closeSseSession } from '../../legacy-sse/sse-streams.ts'
import { isEndless } from '../../message/call.ts'
import { openedSession } from '../../session/opened-session.ts'
import type { AnswerTaker, TakenFor } from './answer-taker.ts'
import { faultOf } from './fault-of.ts'

/** Thousands of small events fit into what is read at once: behind a piece that took so long, others have their turn. */
const LONG_MS = 2

/** An event stream: each event reaches the agent as it comes, and no faster than the agent reads. */
export class StreamBody implements AnswerTaker {
  readonly #for: TakenFor
  readonly #stream: AnswerStream

  constructor(takenFor: TakenFor) {
    const { needs, exchange, head } = takenFor
    this.#for = takenFor
    this.#stream = new AnswerStream(needs, exchange, head.sessionId, (message) =>
      openedSession(needs.legacySse, exchange, head.sessionId, message),
    )
  }

  /** Whether the response to the call has reached the agent. */
  get answered(): boolean {
    return this.#stream.answered
  }

  get outcome(): AnswerOutcome {
    return this.#stream.outcome
  }

  take(bytes: Buffer): void {
    this.#relayInOrder(() => this.#stream.push(bytes))
  }

  takeMessage(message: Message): void {
    this.#relayInOrder(() => this.#stream.pushMessage(message))
  }

  end(): void {
    this.#for.acts.do(() => this.#end())
  }

  /** The session of an HTTP+SSE client ends with its stream. */
  closeSession(reason: string): void {
    const { sse } = this.#stream
    const { needs, exchange } = this.#for
    if (sse !== undefined) closeSseSession(needs.legacySse, exchange.call, sse, reason)
  }

  #relayInOrder(read: () => string | Promise<string>): void {
    const began = performance.now()
    this.#for.acts.do(() => this.#relay(read))
    if (performance.now() - began < LONG_MS) return
    this.#for.pause()
    setImmediate(() => this.#for.resume())
  }

  #relay(read: () => string | Promise<string>): void | Promise<void> {
    try {
      const frames = read()
      if (!(frames instanceof Promise)) return this.#write(frames)
      this.#for.pause()
      return frames.then((late) => {
        if (this.#for.closed) return
        this.#for.resume()
        this.#write(late)
      })
    } catch (cause) {
      this.#for.fail(faultOf('its event stream', cause))
    }
  }

  #write(frames: string): void {
    const { answer } = this.#for.exchange
    const flows = frames === '' || answer.write(frames)
    if (answer.holds?.(this.#stream.held) === false) this.#for.fail(new AnswersUnread())
    else if (!flows) {
      this.#for.pause()
      answer.onceDrained(() => this.#for.resume())
    }
  }

  #end(): void {
    this.closeSession('the upstream ended its stream')
    const { exchange, head, record } = this.#for
    const { call, answer } = exchange
    const { answered, resumable, outcome } = this.#stream
    // A stream with event ids may be ended by the server and resumed by the client (2025-11-25, Streamable HTTP).
    if (call.kind === 'request' && !isEndless(call) && !answered && !resumable) {
      this.#for.fail(new UpstreamUnanswered())
      return
    }
    this.#for.close()
    answer.end()
    record.completed(outcome, head.status)
  }
}
