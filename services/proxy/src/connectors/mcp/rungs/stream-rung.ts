import type { ApprovalState } from '@sallyport/rpc'
import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Keeping } from './keeping.ts'

/** The caller waits on its open connection, and when its time is over it is told to call again. */
export class StreamRung implements Rung<McpExchange> {
  readonly exchange: McpExchange
  readonly #parts: Keeping
  readonly #keepAlive: KeepAlive

  constructor(parts: Keeping, exchange: McpExchange, waiting: Waiting, budgetMs: number) {
    this.#parts = parts
    this.exchange = exchange
    this.#keepAlive = new KeepAlive(parts, exchange)
    waiting.limit(budgetMs)
  }

  asked({ approvalId }: ApprovalState): 'wait' {
    this.#keepAlive.text = `waiting for a person to answer approval ${approvalId}`
    return 'wait'
  }

  stop(): void {
    this.#keepAlive.stop()
  }

  unanswered(by: Interruption, approvalId: string | null): void {
    answerPending(this.#parts, this.exchange, by, approvalId)
  }
}
