import { isJsonObject, type JsonValue, RPC_CODES } from '@sallyport/jsonrpc'
import { type DecisionInput, NO_ARGUMENTS, resourceAction, riskOf } from '@sallyport/policy'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { decisionInput } from '../../../governing/decision-input.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import { isListen, type McpCall } from '../message/call.ts'
import { editCall } from '../message/edit-call.ts'
import { carriesSecret } from '../message/offered-subject.ts'
import { transportOf } from '../message/transport.ts'

const PATH = ['params', 'notifications', 'resourceSubscriptions'] as const
/** Each is an input to be judged. */
const MOST = 256

export type Narrowed =
  | { readonly exchange: McpExchange; readonly leftOut: number }
  | { readonly refusal: ProtocolRefusal }

/** Whether it asks to be told of resources by their URIs, each of which is an action like `resources/subscribe`. */
export function namesResources({ call }: Pick<McpExchange, 'call'>): boolean {
  return isListen(call) && named(call) !== undefined
}

/**
 * Leaves out of a subscription what the agent may not subscribe to, or only after a person was asked: the server tells
 * the client what of its request is honoured (MCP 2026-07-28, Subscriptions).
 */
export async function narrowSubscription(parts: ProxyParts, exchange: McpExchange): Promise<Narrowed> {
  const { call } = exchange
  const uris = named(call)
  if (!isListOfTexts(uris)) return refused('must be a list of URIs')
  if (uris.length > MOST) return refused(`may name ${MOST} resources at most`)
  const mayBeHeard = await mayHear(parts, exchange, uris)
  const kept = uris.filter((_, at) => mayBeHeard[at])
  if (kept.length === uris.length) return { exchange, leftOut: 0 }
  const edited = editCall(call, [{ path: PATH, text: JSON.stringify(kept) }])
  return { exchange: { ...exchange, call: edited }, leftOut: uris.length - kept.length }
}

/** All asked for at once. A fault is a no. */
async function mayHear(
  parts: ProxyParts,
  exchange: McpExchange,
  uris: readonly string[],
): Promise<boolean[]> {
  const listen = decisionInput(
    parts.control,
    exchange,
    { tool: null, transport: transportOf(exchange.call) },
    parts.clock(),
  )
  const inputs = uris.map((uri): DecisionInput => {
    const action = resourceAction(uri, 'subscribe', carriesSecret(uri))
    return { ...listen, action, risk: riskOf(action), arguments: NO_ARGUMENTS, findings: [] }
  })
  try {
    return (await parts.decision.decideMany(inputs)).map(({ outcome }) => outcome === 'allow')
  } catch {
    return uris.map(() => false)
  }
}

function named({ message }: McpCall): JsonValue | undefined {
  const params = message?.kind === 'request' ? (message.params as JsonValue | undefined) : undefined
  const filter = isJsonObject(params) ? params['notifications'] : undefined
  return isJsonObject(filter) ? filter['resourceSubscriptions'] : undefined
}

function isListOfTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function refused(what: string): { readonly refusal: ProtocolRefusal } {
  const message = `params.notifications.resourceSubscriptions ${what}`
  return { refusal: { status: 400, code: RPC_CODES.invalidParams, message } }
}
