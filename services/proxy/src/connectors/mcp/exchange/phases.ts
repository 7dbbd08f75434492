import { denial, refusalVerdict } from '../../../domain/verdict.ts'
import { PASS_REQUEST, type RequestPhase, type RequestStep } from '../../../governing/request-phases.ts'
import { type Asking, checkAccessRequest } from '../own-tools/access-phase.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import { answeredId } from '../rewrite/map-ids.ts'
import { checkParams, mirrorsParams } from '../stateless/check-params.ts'
import { type Hearing, namesResources, narrowSubscription } from '../stateless/subscribed-resources.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import { openTaskIds } from '../tasks/upstream-task-ids.ts'
import type { McpExchange } from './mcp-exchange.ts'

/** The parts that a look at an allowed message needs. */
export interface Settling extends WithIds, Hearing, Asking {
  readonly toolHeaders: ToolHeaders
}

type Step = RequestStep<McpExchange>

/** What MCP forbids or changes in an allowed message. It runs before the decision is recorded. */
export function mcpPhases(settling: Settling): readonly RequestPhase<McpExchange>[] {
  return [
    { name: 'requests for access', pass: (passing) => checkAccessRequest(settling, passing) },
    {
      name: 'answers',
      pass: ({ exchange: { call }, verdict }): Step => {
        if (call.kind !== 'response' || answeredId(settling, call) !== undefined) return PASS_REQUEST
        return { step: 'refuse', verdict: answersNothing(verdict) }
      },
    },
    {
      name: 'task ids',
      pass: ({ exchange, verdict }): Step => {
        const opened = openTaskIds(settling, exchange)
        if ('code' in opened) return { step: 'refuse', verdict: refusalVerdict(opened, verdict) }
        return opened === exchange ? PASS_REQUEST : { step: 'change', to: { exchange: opened, verdict } }
      },
    },
    {
      name: 'subscriptions',
      pass: ({ exchange, verdict }) =>
        namesResources(exchange) ? narrowSubscription(settling, { exchange, verdict }) : PASS_REQUEST,
    },
    {
      name: 'mirrored arguments',
      pass: ({ exchange, verdict }) =>
        mirrorsParams(exchange) ? checkParams(settling, { exchange, verdict }) : PASS_REQUEST,
    },
  ]
}

export function answersNothing(basis?: Parameters<typeof denial>[3]) {
  return denial('protocol', 'session', 'it answers nothing that was asked in this session', basis)
}
