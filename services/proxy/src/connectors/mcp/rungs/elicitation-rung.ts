import type { ApprovalState } from '@sallyport/rpc'
import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import { answerRound } from './answer-round.ts'
import type { Keeping } from './keeping.ts'

/** The client shows its user where the approval is answered; the time that takes is not counted by it. */
export class ElicitationRung implements Rung<McpExchange> {
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

  unanswered(by: Interruption, approvalId: ApprovalState['approvalId'] | null): void {
    const { call, round } = this.exchange
    const url = approvalId === null ? null : this.#parts.approvalUrl(approvalId)
    if (url === null) {
      answerPending(this.#parts, this.exchange, by, approvalId)
      return
    }
    const message = `${call.tool ?? call.method} on ${call.upstream.name} needs the approval of a person. The person answers on this page.`
    const next = { number: (round?.number ?? 0) + 1, shown: true }
    answerRound(this.#parts, this.exchange, next, approvalId, { url, message })
  }
}
