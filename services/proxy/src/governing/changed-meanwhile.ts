import type { McpExchange } from '../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import { ControlStale } from '../domain/faults.ts'
import { type ActionVerdict, denial, faultDenial } from '../domain/verdict.ts'
import { decide } from './decide.ts'

/**
 * Why a call that was let pass may not go on: where the control log has been read further since its verdict, the
 * decision service is asked again. Undefined when nothing speaks against it, and at once where nothing has changed.
 */
export function changedMeanwhile(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
): ActionVerdict | undefined | Promise<ActionVerdict | undefined> {
  const stale = parts.control.fault()
  if (stale !== undefined) return faultDenial(new ControlStale({ cause: new Error(stale) }), verdict)
  return parts.control.offset() > verdict.controlOffset ? askAgain(parts, exchange, verdict) : undefined
}

async function askAgain(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
): Promise<ActionVerdict | undefined> {
  let now = verdict
  while (parts.control.offset() > now.controlOffset) {
    now = await decide(parts, exchange)
    if (now.outcome === 'deny') return now
  }
  // What a person has approved needs no second one.
  if (now.outcome === 'allow' || verdict.approvalId !== null) return undefined
  return denial('approval', now.rule, 'it needs a person since the rules were changed: ask again', now)
}
