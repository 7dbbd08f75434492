import type { Rung } from '../../../governing/hold/rung.ts'
import type { Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import type { Keeping } from './keeping.ts'
import { leaving } from './leaving.ts'

/** The client's user did not want to see the approval: the wait ends, and the approval stays for whoever answers it. */
export function declinedRung(keeping: Keeping, exchange: McpExchange, waiting: Waiting): Rung<McpExchange> {
  waiting.limit(keeping.hold.roundMs)
  return leaving(exchange, (by, approvalId, held) => answerPending(keeping, exchange, by, approvalId, held))
}
