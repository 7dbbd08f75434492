import type { Rung } from '../../../governing/hold/rung.ts'
import type { Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { answerPending } from './answer-pending.ts'
import { answerRound } from './answer-round.ts'
import type { Keeping } from './keeping.ts'
import { leaving } from './leaving.ts'

/** The client shows its user where the approval is answered; the time that takes is not counted by it. */
export function elicitationRung(
  keeping: Keeping,
  exchange: McpExchange,
  waiting: Waiting,
): Rung<McpExchange> {
  waiting.limit(keeping.hold.roundMs)
  return leaving(exchange, (by, approvalId, held) => {
    const { call, round } = exchange
    const url = approvalId === null ? null : keeping.approvalUrl(approvalId)
    if (url === null || held.unanswerable !== undefined)
      return answerPending(keeping, exchange, by, approvalId, held)
    const message = `${call.tool ?? call.method} on ${call.upstream.name} needs the approval of a person. The person answers on this page.`
    const next = { number: (round?.number ?? 0) + 1, shown: true }
    answerRound(keeping, exchange, next, approvalId, held, { url, message })
  })
}
