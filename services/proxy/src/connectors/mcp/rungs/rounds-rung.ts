import type { Rung } from '../../../governing/hold/rung.ts'
import type { Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import { answerRound } from './answer-round.ts'
import type { Keeping } from './keeping.ts'
import { staying } from './staying.ts'

/**
 * The client waits for a round, and is asked for another one when nobody has answered. Also when this process stops: the
 * next round reaches another one, or this one when it is back.
 */
export function roundsRung(keeping: Keeping, exchange: McpExchange, waiting: Waiting): Rung<McpExchange> {
  waiting.limit(keeping.hold.roundMs)
  return staying(keeping, exchange, (by, approvalId, held) => {
    // Another round would come back at once.
    if (held.unanswerable !== undefined) return answerPending(keeping, exchange, by, approvalId, held)
    const { number, shown } = exchange.round ?? { number: 0, shown: false }
    answerRound(keeping, exchange, { number: number + 1, shown }, approvalId, held)
  })
}
