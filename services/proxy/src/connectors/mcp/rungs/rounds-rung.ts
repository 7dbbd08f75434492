import type { ApprovalState } from '@sallyport/rpc'
import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerRound } from './answer-round.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Keeping } from './keeping.ts'

/** The client waits for a round, and is asked for another one when nobody has answered. */
export class RoundsRung implements Rung<McpExchange> {
  readonly exchange: McpExchange
  readonly #parts: Keeping
  readonly #keepAlive: KeepAlive

  constructor(parts: Keeping, exchange: McpExchange, waiting: Waiting) {
    this.#parts = parts
    this.exchange = exchange
    this.#keepAlive = new KeepAlive(parts, exchange)
    waiting.limit(parts.hold.roundMs)
  }

  asked({ approvalId }: ApprovalState): 'wait' {
    this.#keepAlive.text = `waiting for a person to answer approval ${approvalId}`
    return 'wait'
  }

  stop(): void {
    this.#keepAlive.stop()
  }

  /** Also when this process stops: the next round reaches another one, or this one when it is back. */
  unanswered(_by: Interruption, approvalId: string | null): void {
    const { number, shown } = this.exchange.round ?? { number: 0, shown: false }
    answerRound(this.#parts, this.exchange, { number: number + 1, shown }, approvalId)
  }
}
