import { encodeSse } from '@sallyport/jsonrpc'
import type { ProxyConfig } from '../config.ts'
import type { Exchange } from '../exchange/parts.ts'
import type { HoldStrategy } from './hold-strategy.ts'

const COMMENT = encodeSse({ comment: 'waiting for a person' })

/** Keeps the caller's connection, and its patience, alive until stopped. */
export class KeepAlive {
  /** What progress notifications say. */
  text = 'waiting for a person'
  readonly #timers: NodeJS.Timeout[] = []

  constructor(exchange: Exchange, strategy: HoldStrategy, config: ProxyConfig['hold']) {
    if (strategy.kind === 'silent') return
    const { answer } = exchange
    const { progressToken } = strategy
    answer.openStream()
    answer.write(COMMENT)
    this.#timers.push(setInterval(() => answer.write(COMMENT), config.commentMs))
    if (progressToken === null) return
    this.#timers.push(setInterval(() => this.#progress(exchange, progressToken), config.progressMs))
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
