import type { ControlView } from '@sallyport/control'
import { upstreamDigest } from '@sallyport/control'
import { DEFAULT_TENANT } from '@sallyport/events'
import {
  credentialMark,
  type DecisionInput,
  type InputArguments,
  NO_ARGUMENTS,
  UNREAD_ARGUMENTS,
  type UsedTool,
} from '@sallyport/policy'
import type { Action } from '../domain/action.ts'
import type { Exchange } from './exchange.ts'

/** Longer arguments are not sent to be judged. */
const MOST_ARGUMENTS = 1024 * 1024

/**
 * Everything that the verdict on an action depends on. The arguments are left out: `withArguments` adds them where a
 * rule reads them.
 */
export function decisionInput(
  control: Pick<ControlView, 'offset'>,
  { call, evidence }: Pick<Exchange, 'call' | 'evidence'>,
  tool: UsedTool | null,
  now: Date,
): DecisionInput {
  const { gateway, upstream, action, session } = call
  return {
    tenant: DEFAULT_TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    gatewayCredential: credentialMark(gateway.tokenHash),
    connector: upstream.connector,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
    action,
    lessSpecific: call.lessSpecific,
    risk: call.risk,
    arguments: call.argumentsText === null ? NO_ARGUMENTS : UNREAD_ARGUMENTS,
    tool,
    session: session?.label ?? null,
    client: call.client,
    revision: call.protocolVersion,
    transport: call.transport,
    findings: evidence.findings,
    time: now.getTime(),
    controlOffset: control.offset(),
  }
}

/** The same with the arguments, once a rule in force was found to read them. */
export function withArguments(input: DecisionInput, { argumentsText }: Action): DecisionInput {
  return { ...input, arguments: argumentsOf(argumentsText) }
}

function argumentsOf(text: string | null): InputArguments {
  if (text === null) return NO_ARGUMENTS
  return text.length > MOST_ARGUMENTS ? { text: null, why: 'too_large' } : { text }
}
