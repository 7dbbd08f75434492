import type { ControlView } from '@sallyport/control'
import { upstreamDigest } from '@sallyport/control'
import { DEFAULT_TENANT } from '@sallyport/events'
import {
  type Approver,
  credentialMark,
  type DecisionInput,
  type InputArguments,
  issuerMark,
  NO_ARGUMENTS,
  UNREAD_ARGUMENTS,
  type UsedTool,
} from '@sallyport/policy'
import type { Action } from '../domain/action.ts'
import type { Exchange } from './exchange.ts'

/** Longer arguments are not sent to be judged. */
const MOST_ARGUMENTS = 1024 * 1024

/**
 * Everything that the verdict on an action depends on. The text of the arguments is left out: `withArguments` adds it
 * where a rule reads them.
 */
export function decisionInput(
  control: Pick<ControlView, 'offset'>,
  { call, evidence }: Pick<Exchange, 'call' | 'evidence'>,
  tool: UsedTool | null,
  now: Date,
  approvers: readonly Approver[] = [],
): DecisionInput {
  const { gateway, upstream, action, recordedAction, session } = call
  return {
    tenant: DEFAULT_TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    gatewayCredential: gatewayMark(gateway),
    connector: upstream.connector,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
    action,
    recordedAction,
    lessSpecific: call.lessSpecific,
    risk: call.risk,
    arguments: unreadArguments(call),
    tool,
    session: session?.label ?? null,
    client: call.client,
    revision: call.protocolVersion,
    transport: call.transport,
    findings: evidence.findings,
    approvers,
    time: now.getTime(),
    controlOffset: control.offset(),
  }
}

/** How the gateway was let in: see `gatewayCredential` of a `DecisionInput`. */
export function gatewayMark({ namedBy, tokenHash }: Action['gateway']): string {
  return namedBy === undefined ? credentialMark(tokenHash) : issuerMark(namedBy)
}

/** The same with the text of the arguments, where it has not said already why there is none. */
export function withArguments(input: DecisionInput, { argumentsText: text }: Action): DecisionInput {
  if (text === null || input.arguments !== UNREAD_ARGUMENTS) return input
  return { ...input, arguments: { text } }
}

function unreadArguments({ argumentsText, argumentsUnread }: Action): InputArguments {
  if (argumentsText === null) return NO_ARGUMENTS
  if (argumentsUnread !== null) return { text: null, why: argumentsUnread }
  return argumentsText.length > MOST_ARGUMENTS ? TOO_LARGE : UNREAD_ARGUMENTS
}

const TOO_LARGE: InputArguments = { text: null, why: 'too_large' }
