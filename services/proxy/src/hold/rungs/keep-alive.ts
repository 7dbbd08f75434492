import { encodeSse } from '@sallyport/jsonrpc'
import type { Exchange, ProxyParts } from '../../exchange/parts.ts'

const COMMENT = encodeSse({ comment: 'waiting for a person' })

/** Keeps the caller's connection, and its patience, alive until stopped; silent where the caller takes no stream. */
export class KeepAlive {
  /** What progress notifications say. */
  text = 'waiting for a person'
  readonly #timers: NodeJS.Timeout[] = []

  constructor({ config }: ProxyParts, exchange: Exchange) {
    const { answer, call } = exchange
    if (!takesStream(exchange)) return
    answer.openStream()
    answer.write(COMMENT)
    this.#timers.push(setInterval(() => answer.write(COMMENT), config.hold.commentMs))
    const { progressToken } = call
    if (progressToken === null) return
    this.#timers.push(setInterval(() => this.#progress(exchange, progressToken), config.hold.progressMs))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  #progress(exchange: Exchange, progressToken: string | number): void {
    exchange.progressSent += 1
    const params = { progressToken, progress: exchange.progressSent, message: this.text }
    const data = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })
    exchange.answer.write(encodeSse({ event: 'message', data }))
  }
}

/** The head of an answer to initialize carries the session id, which is not known yet. */
function takesStream({ call, passed }: Exchange): boolean {
  return passed.accept?.includes('text/event-stream') === true && call.method !== 'initialize'
}
