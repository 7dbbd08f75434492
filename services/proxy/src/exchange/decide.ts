import { DEFAULT_TENANT } from '@sallyport/events'
import type { DecideRequest, Decision } from '@sallyport/rpc'
import type { Call } from '../domain/call.ts'
import { DecisionFailed } from '../domain/faults.ts'
import { faultDenial } from '../domain/verdict.ts'
import type { ProxyParts } from './parts.ts'

/** Asks the decision service. An answer that is none is a denial that says so. */
export async function decide({ decision }: Pick<ProxyParts, 'decision'>, call: Call): Promise<Decision> {
  try {
    return await decision.decide(questionOf(call))
  } catch (cause) {
    return faultDenial(new DecisionFailed({ cause }))
  }
}

function questionOf({ gateway, upstream, action }: Call): DecideRequest {
  return {
    tenant: DEFAULT_TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    connector: upstream.connector,
    upstream: upstream.name,
    action,
  }
}
