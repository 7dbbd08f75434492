import type { Rung } from '../../../governing/hold/rung.ts'
import type { Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import type { Keeping } from './keeping.ts'
import { staying } from './staying.ts'

/** The caller waits on its open connection, and when its time is over it is told to call again. */
export function streamRung(
  keeping: Keeping,
  exchange: McpExchange,
  waiting: Waiting,
  budgetMs: number,
): Rung<McpExchange> {
  waiting.limit(budgetMs)
  return staying(keeping, exchange, (by, approvalId, held) =>
    answerPending(keeping, exchange, by, approvalId, held),
  )
}
