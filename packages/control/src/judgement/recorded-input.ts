import type { SallyportEvent } from '@sallyport/events'
import {
  ANYONE,
  type DecisionInput,
  type InputArguments,
  isShortened,
  type UsedTool,
} from '@sallyport/policy'

type Why = Extract<InputArguments, { readonly text: null }>['why']

/**
 * The input that a recorded decision was judged by, to judge it once more with the control state up to its
 * `controlOffset`. Undefined where nobody was asked, or an earlier release recorded it. The text of arguments is not in
 * the record, so a decision in which a rule read them cannot be repeated from it: undefined as well. So it is where the
 * name of the action carried a credential, of which nothing is recorded.
 */
export function recordedInput(
  event: Extract<SallyportEvent, { readonly type: 'sallyport.action.decided.v1' }>,
): DecisionInput | undefined {
  const { data, tenant } = event
  const { input } = data
  if (input === undefined || input === null || input.argumentsSeen === 'text') return undefined
  // An earlier release kept only the name of the token that approved it, which another token may have had.
  if (data.answeredBy !== null && data.verdict === 'allow' && input.approvedBy === undefined) return undefined
  const action = input.wholeAction ?? data.action
  if (isShortened(action)) return undefined
  return {
    tenant,
    gatewayId: data.gateway.id,
    gateway: data.gateway.name,
    gatewayCredential: input.gatewayCredential,
    connector: data.connector,
    upstream: data.upstream,
    upstreamDigest: input.upstreamDigest,
    action,
    recordedAction: data.action,
    lessSpecific: input.lessSpecific,
    risk: data.risk,
    arguments: { text: null, why: input.argumentsSeen as Why },
    tool: input.used as UsedTool | null,
    session: data.session,
    client: data.client,
    revision: data.protocolVersion,
    transport: input.transport,
    findings: data.findings,
    approvers: (input.approvers as DecisionInput['approvers'] | undefined) ?? byToken(input.approvedBy),
    time: Date.parse(input.at),
    controlOffset: input.controlOffset,
  }
}

/** An earlier release recorded the token alone. */
function byToken(tokenId: string | undefined): DecisionInput['approvers'] {
  return tokenId === undefined ? [] : [{ tokenId, personId: null, botId: null, as: ANYONE }]
}
