import { callDigest } from '@sallyport/approval'
import { upstreamDigest } from '@sallyport/control'
import { DEFAULT_TENANT } from '@sallyport/events'
import {
  type ArgumentSeal,
  type Binding,
  LONGEST_SEALED,
  type RequestApproval,
  type SoFar,
} from '@sallyport/rpc'
import { recordedArguments } from '../../domain/records.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Exchange } from '../exchange.ts'
import { callerOf } from './caller.ts'

/** The facts that an approval is bound to beside the call itself. */
export interface Bound {
  readonly basis: ActionVerdict
  readonly toolDigest: string | null
}

/** The question to a person, with what the agent did before and the arguments sealed for whoever answers; `too long` where they cannot be shown. */
export async function sealedRequest(
  seal: ArgumentSeal,
  exchange: Exchange,
  bound: Bound,
  { editable, soFar }: { readonly editable: boolean; readonly soFar: SoFar },
): Promise<RequestApproval | 'too long'> {
  const recorded = recordedRequest(exchange, bound)
  const request = { ...recorded, soFar, ...(editable && { editable: true as const }) }
  const { params, meta, boundMeta } = exchange.call
  const text = JSON.stringify({
    arguments: params,
    ...(meta !== null && { _meta: meta }),
    ...(editable && boundMeta !== null && { bound: boundMeta }),
  })
  const sealedArguments = await seal.seal(text, callDigest(request.binding))
  return sealedArguments.length <= LONGEST_SEALED ? { ...request, sealedArguments } : 'too long'
}

/** What the approval is bound to: this call under these rules. */
export function bindingOf({ call, evidence }: Exchange, { basis, toolDigest }: Bound): Binding {
  return {
    tenant: DEFAULT_TENANT,
    gatewayId: call.gateway.id,
    upstream: call.upstream.name,
    upstreamDigest: upstreamDigest(call.upstream),
    action: call.recordedAction,
    argsDigest: evidence.argsDigest,
    toolDigest,
    policyVersion: basis.policyVersion,
  }
}

/** The question without the whole arguments. */
export function recordedRequest(exchange: Exchange, bound: Bound): RequestApproval {
  const { call, evidence } = exchange
  const { rule, reasons, risk, terms } = bound.basis
  const { principal } = call.gateway
  const caller = callerOf(call)
  return {
    binding: bindingOf(exchange, bound),
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
    ...(caller && { caller }),
  }
}
