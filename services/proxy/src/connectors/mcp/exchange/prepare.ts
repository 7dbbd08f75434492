import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { checkParams, mirrorsParams } from '../stateless/check-params.ts'
import { namesResources, narrowSubscription } from '../stateless/subscribed-resources.ts'
import { openTaskIds } from '../tasks/upstream-task-ids.ts'
import type { McpExchange } from './mcp-exchange.ts'
import type { ProxyParts } from './parts.ts'

export interface Prepared {
  readonly exchange: McpExchange
  readonly decision: ActionVerdict
}

/** What becomes of a call that is not denied before its decision is recorded; a refusal where its content forbids it. */
export async function prepare(
  parts: ProxyParts,
  asked: McpExchange,
  decision: ActionVerdict,
): Promise<Prepared | ProtocolRefusal> {
  const exchange = openTaskIds(parts, asked)
  if ('code' in exchange) return exchange
  if (namesResources(exchange)) return narrow(parts, exchange, decision)
  const refusal = mirrorsParams(exchange) ? await checkParams(parts, exchange) : undefined
  return refusal ?? { exchange, decision }
}

/** The record has what was asked for; the reason says that not all of it is passed on. */
async function narrow(
  parts: ProxyParts,
  asked: McpExchange,
  decision: ActionVerdict,
): Promise<Prepared | ProtocolRefusal> {
  const narrowed = await narrowSubscription(parts, asked)
  if ('refusal' in narrowed) return narrowed.refusal
  const { exchange, leftOut } = narrowed
  if (leftOut === 0) return { exchange, decision }
  const reason = `left out: ${leftOut} resources that this gateway may not subscribe to`
  return { exchange, decision: { ...decision, reasons: [...decision.reasons, reason] } }
}
