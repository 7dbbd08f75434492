import type { Rung } from '../../../governing/hold/rung.ts'
import type { Waiting } from '../../../governing/hold/waiting.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { clientAbilities } from '../message/client-abilities.ts'
import { streamBudget } from './client-budgets.ts'
import { declinedRung } from './declined-rung.ts'
import { elicitationRung } from './elicitation-rung.ts'
import type { Keeping } from './keeping.ts'
import { roundsRung } from './rounds-rung.ts'
import { streamRung } from './stream-rung.ts'
import { DetachedRung, TaskRung } from './task-rung.ts'

/** The methods that may be answered with `input_required` (2026-07-28, multi round-trip requests). */
const MULTI_ROUND: ReadonlySet<string | null> = new Set(['tools/call', 'prompts/get', 'resources/read'])

/** Chooses for each request, by what it says of its client: the first that applies, of docs/holds.md. */
export function chooseRung(keeping: Keeping, exchange: McpExchange, waiting: Waiting): Rung<McpExchange> {
  const { call, round, task } = exchange
  const { hold } = keeping
  if (task !== null) return new DetachedRung(exchange, task)
  if (call.era !== 'stateless') {
    const budgetMs = streamBudget(call.client, call.progressToken !== null, hold)
    return streamRung(keeping, exchange, waiting, budgetMs)
  }
  if (round?.consent === 'decline' || round?.consent === 'cancel')
    return declinedRung(keeping, exchange, waiting)

  const { tasks, urlElicitation } = clientAbilities(call.message)
  if (tasks && call.method === 'tools/call' && keeping.tasks.hasRoomFor(call))
    return new TaskRung(keeping, exchange, waiting)
  const roundsLeft = hold.maxRounds - (round?.number ?? 0)
  if (!MULTI_ROUND.has(call.method) || roundsLeft <= 0)
    return streamRung(keeping, exchange, waiting, hold.roundMs)
  const shows = urlElicitation && round?.shown !== true && keeping.approvalUrl('id') !== null
  return shows ? elicitationRung(keeping, exchange, waiting) : roundsRung(keeping, exchange, waiting)
}
