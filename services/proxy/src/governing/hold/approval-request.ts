import { callDigest } from '@sallyport/approval'
import { upstreamDigest } from '@sallyport/control'
import { DEFAULT_TENANT } from '@sallyport/events'
import { type ArgumentSeal, LONGEST_SEALED, type RequestApproval } from '@sallyport/rpc'
import { recordedArguments } from '../../domain/records.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Exchange } from '../exchange.ts'

/** The facts that an approval is bound to beside the call itself. */
export interface Bound {
  readonly basis: ActionVerdict
  readonly toolDigest: string | null
}

/** The question to a person, with the arguments sealed for whoever answers; `too long` where they cannot be shown. */
export async function sealedRequest(
  seal: ArgumentSeal,
  exchange: Exchange,
  bound: Bound,
): Promise<RequestApproval | 'too long'> {
  const request = recordedRequest(exchange, bound)
  const { params, meta } = exchange.call
  const text = JSON.stringify(meta === null ? { arguments: params } : { arguments: params, _meta: meta })
  const sealedArguments = await seal.seal(text, callDigest(request.binding))
  return sealedArguments.length <= LONGEST_SEALED ? { ...request, sealedArguments } : 'too long'
}

function recordedRequest({ call, evidence }: Exchange, { basis, toolDigest }: Bound): RequestApproval {
  const { rule, reasons, risk, policyVersion, terms } = basis
  const { principal } = call.gateway
  return {
    binding: {
      tenant: DEFAULT_TENANT,
      gatewayId: call.gateway.id,
      upstream: call.upstream.name,
      upstreamDigest: upstreamDigest(call.upstream),
      action: call.recordedAction,
      argsDigest: evidence.argsDigest,
      toolDigest,
      policyVersion,
    },
    actionId: call.actionId,
    gateway: call.gateway.name,
    connector: call.upstream.connector,
    tool: call.tool,
    risk,
    rule,
    reasons,
    ...recordedArguments(evidence),
    client: call.client,
    ...(terms && { terms }),
    ...(principal && { principal }),
  }
}
