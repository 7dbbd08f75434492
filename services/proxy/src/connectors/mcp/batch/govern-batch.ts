import { type ActionVerdict, denial } from '../../../domain/verdict.ts'
import { decide } from '../../../governing/decide.ts'
import { govern } from '../../../governing/govern.ts'
import type { Answer } from '../answers/answer.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { newExchange } from '../exchange/new-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import type { PassedHeaders } from '../forwarding/upstream-headers.ts'
import type { McpCall } from '../message/call.ts'
import { answeredId } from '../rewrite/map-ids.ts'
import { BatchAnswer } from './batch-answer.ts'

/**
 * The way of a batch: each of its calls is judged, and one that is refused or would have to wait for a person refuses
 * all. Each is recorded, and forwarded, as an action of its own: the upstream never sees the batch, in which the order
 * of carrying out is left open anyway (JSON-RPC 2.0, section 6).
 */
export async function governBatch(
  parts: ProxyParts,
  calls: readonly McpCall[],
  agent: Answer,
  passed: PassedHeaders,
): Promise<void> {
  const batch = new BatchAnswer(agent)
  const exchanges = calls.map((call) => newExchange(parts, call, batch.part(call), passed))
  const judged = await Promise.all(exchanges.map((exchange) => judge(parts, exchange)))
  const oneRefused = judged.some(({ outcome }) => outcome !== 'allow')
  const verdicts = oneRefused ? judged.map(refused) : judged
  await Promise.all(
    exchanges.map((exchange, i) => govern(parts, exchange, Promise.resolve(verdicts[i] ?? NEVER))),
  )
}

const NEVER = denial('protocol', 'batch', 'it was not judged')

async function judge(parts: ProxyParts, exchange: McpExchange): Promise<ActionVerdict> {
  const { call } = exchange
  // Looked at here already, as later it would refuse this one alone.
  if (call.kind === 'response' && answeredId(parts, call) === undefined)
    return denial('protocol', 'session', 'it answers nothing that was asked in this session')
  return decide(parts, exchange)
}

function refused(decision: ActionVerdict): ActionVerdict {
  if (decision.outcome === 'deny') return decision
  const isHeld = decision.outcome === 'hold'
  const reason = isHeld
    ? 'it needs a person, and a call in a batch cannot wait for one'
    : 'another call of its batch was refused'
  return denial('protocol', isHeld ? decision.rule : 'batch', reason, decision)
}
