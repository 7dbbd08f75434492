import { errorResponse, type JsonObject, type RequestId, resultResponse, toolError } from '@sallyport/jsonrpc'
import type { Denial } from '../../../domain/denial-shape.ts'
import type { UpstreamFault } from '../../../domain/upstream-faults.ts'
import type { McpCall } from '../message/call.ts'

/** Our JSON-RPC codes stay outside -32768..-32000, which JSON-RPC and MCP keep for themselves. */
export const OUR_CODES = { denied: -31_001, fault: -31_002, upstream: -31_003, pending: -31_004 } as const

/**
 * The body that answers a refused or held request: a tool result for tools/call, a JSON-RPC error for the rest. In a
 * tool result the facts are in `_meta` for programs, and where `structured` in `structuredContent` for the model. The
 * official client of the first generation checks that member by the tool's `outputSchema` in errors too, and gives up.
 */
export function toldBody(call: McpCall, id: RequestId, facts: Denial, structured: boolean): string {
  const told: JsonObject = { ...facts }
  if (call.method !== 'tools/call') return errorResponse(id, codeOf(facts), facts.message, told)
  const members = structured ? { ...membersOf(call), structuredContent: told } : membersOf(call)
  return toolError(id, facts.message, denialMeta(facts), members)
}

/** The facts of a denial as programs find them in a result: also where the result is no error, such as a round. */
export function denialMeta(facts: Denial): JsonObject {
  return { 'sallyport/denial': { ...facts } }
}

function codeOf({ outcome }: Denial): number {
  if (outcome === 'pending') return OUR_CODES.pending
  return outcome === 'failed' ? OUR_CODES.fault : OUR_CODES.denied
}

/** The members that every result of the call's revision has. Since MCP 2026-07-28 a result says that it is complete. */
function membersOf({ era }: McpCall): JsonObject {
  return era === 'stateless' ? { resultType: 'complete' } : {}
}

/** How a server ends a subscription of its own accord (MCP 2026-07-28, Subscriptions): clients may then ask anew. */
export function subscriptionEndBody(id: RequestId): string {
  const _meta = { 'io.modelcontextprotocol/subscriptionId': id }
  return resultResponse(id, { resultType: 'complete', _meta })
}

/** The upstream failed the request that was let through. */
export function upstreamFaultBody(call: McpCall, fault: UpstreamFault): string {
  const data = { code: fault.code, actionId: call.actionId, ...fault.details }
  return errorResponse(call.id, OUR_CODES.upstream, fault.message, data)
}
