import { DEFAULT_TENANT } from '@sallyport/events'
import type { DecideRequest, Decision } from '@sallyport/rpc'
import { judgeUse } from '../connectors/mcp/catalog/judge-use.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import type { McpCall } from '../connectors/mcp/message/call.ts'
import { type MirroredFields, statelessRefusal } from '../connectors/mcp/stateless/mirrored-headers.ts'
import { DecisionFailed } from '../domain/faults.ts'
import { faultDenial, refusalVerdict, type Verdict } from '../domain/verdict.ts'

/**
 * Asks the decision service, to which the catalog adds. An answer that is none is a denial that says so; about what breaks the rules of its
 * revision nobody is asked. `mirrored` is null where the agent's transport has no header fields.
 */
export async function decide(
  parts: ProxyParts,
  call: McpCall,
  mirrored: MirroredFields | null = null,
): Promise<Decision | Verdict> {
  const refusal = call.era === 'stateless' ? statelessRefusal(call.message, mirrored) : undefined
  if (refusal !== undefined) return refusalVerdict(refusal)
  try {
    return await judgeUse(parts, call, await parts.decision.decide(questionOf(call)))
  } catch (cause) {
    return faultDenial(new DecisionFailed({ cause }))
  }
}

function questionOf({ gateway, upstream, action }: McpCall): DecideRequest {
  return {
    tenant: DEFAULT_TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    connector: upstream.connector,
    upstream: upstream.name,
    action,
  }
}
