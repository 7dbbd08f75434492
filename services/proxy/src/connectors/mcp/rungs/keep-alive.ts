import { encodeSse } from '@sallyport/jsonrpc'
import type { Answer } from '../answers/answer.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Keeping } from './keeping.ts'

const COMMENT = encodeSse({ comment: 'waiting for a person' })

/** Keeps the caller's connection, and its patience, alive until stopped; silent where the caller takes no stream. */
export class KeepAlive {
  /** The text of progress notifications. */
  text = 'waiting for a person'
  readonly #timers: NodeJS.Timeout[] = []
  #unread = false

  constructor({ hold }: Pick<Keeping, 'hold'>, exchange: McpExchange) {
    const { answer, call } = exchange
    if (!takesStream(exchange)) return
    answer.openStream()
    this.#write(answer, COMMENT)
    this.#timers.push(setInterval(() => this.#write(answer, COMMENT), hold.commentMs))
    const { progressToken } = call
    if (progressToken === null) return
    this.#timers.push(setInterval(() => this.#progress(exchange, progressToken), hold.progressMs))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #progress(exchange: McpExchange, progressToken: string | number): void {
    exchange.progressSent += 1
    const params = { progressToken, progress: exchange.progressSent, message: this.text }
    const data = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })
    this.#write(exchange.answer, encodeSse({ event: 'message', data }))
  }

  /** Nothing more while the agent does not read: it would only pile up. */
  #write(answer: Answer, frames: string): void {
    if (this.#unread) return
    this.#unread = !answer.write(frames)
    if (this.#unread)
      answer.onceDrained(() => {
        this.#unread = false
      })
  }
}

/** The head of an answer to initialize carries the session id, which is not known yet. */
function takesStream({ call, passed }: McpExchange): boolean {
  return passed.accept?.includes('text/event-stream') === true && call.method !== 'initialize'
}
