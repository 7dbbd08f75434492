import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import type { Keeping } from './keeping.ts'

/** The client's user did not want to see the approval: the wait ends, and the approval stays for whoever answers it. */
export class DeclinedRung implements Rung<McpExchange> {
  readonly exchange: McpExchange
  readonly #parts: Keeping

  constructor(parts: Keeping, exchange: McpExchange, waiting: Waiting) {
    this.#parts = parts
    this.exchange = exchange
    waiting.limit(parts.hold.roundMs)
  }

  asked(): 'leave' {
    return 'leave'
  }

  stop(): void {}

  unanswered(by: Interruption, approvalId: string | null): void {
    answerPending(this.#parts, this.exchange, by, approvalId)
  }
}
