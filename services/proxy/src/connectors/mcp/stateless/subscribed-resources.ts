import { DEFAULT_TENANT } from '@sallyport/events'
import { isJsonObject, type JsonValue, RPC_CODES } from '@sallyport/jsonrpc'
import { resourceAction } from '@sallyport/policy'
import type { Decision } from '@sallyport/rpc'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import { isListen, type McpCall } from '../message/call.ts'
import { editCall } from '../message/edit-call.ts'
import { carriesSecret } from '../message/offered-subject.ts'

const PATH = ['params', 'notifications', 'resourceSubscriptions'] as const
/** Each is a question to the decision service. */
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
  const decisions = await Promise.all(uris.map((uri) => mayHear(parts, call, uri)))
  const kept = uris.filter((_, at) => decisions[at])
  if (kept.length === uris.length) return { exchange, leftOut: 0 }
  const edited = editCall(call, [{ path: PATH, text: JSON.stringify(kept) }])
  return { exchange: { ...exchange, call: edited }, leftOut: uris.length - kept.length }
}

async function mayHear(
  { decision }: ProxyParts,
  { gateway, upstream }: McpCall,
  uri: string,
): Promise<boolean> {
  const question = {
    tenant: DEFAULT_TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    connector: upstream.connector,
    upstream: upstream.name,
    action: resourceAction(uri, 'subscribe', carriesSecret(uri)),
  }
  try {
    const { outcome }: Decision = await decision.decide(question)
    return outcome === 'allow'
  } catch {
    return false
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
