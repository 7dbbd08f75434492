import { errorResponse, type JsonObject, type RequestId, resultResponse, toolError } from '@sallyport/jsonrpc'
import { denialText } from '../../../domain/denial-text.ts'
import type { UpstreamFault } from '../../../domain/upstream-faults.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { whereToAnswer } from '../../../governing/hold/where-to-answer.ts'
import type { McpCall } from '../message/call.ts'

/** Our JSON-RPC codes stay outside -32768..-32000, which JSON-RPC and MCP keep for themselves. */
export const OUR_CODES = { denied: -31_001, fault: -31_002, upstream: -31_003, pending: -31_004 } as const

/** The body that answers a refused request: a tool result for tools/call, a JSON-RPC error for the rest. */
export function denialBody(call: McpCall, id: RequestId, verdict: ActionVerdict): string {
  const text = denialText(call, verdict)
  const data = denialData(call, verdict)
  if (call.method === 'tools/call') return toolError(id, text, { 'sallyport/denial': data }, membersOf(call))
  return errorResponse(id, verdict.fault === null ? OUR_CODES.denied : OUR_CODES.fault, text, data)
}

/** The members that every result of the call's revision has. Since MCP 2026-07-28 a result says that it is complete. */
function membersOf({ era }: McpCall): JsonObject {
  return era === 'stateless' ? { resultType: 'complete' } : {}
}

export function denialData({ actionId }: McpCall, verdict: ActionVerdict): JsonObject {
  const { rule, reasons, policyVersion, fault, approvalId } = verdict
  return {
    rule,
    reasons: [...reasons],
    policyVersion,
    actionId,
    ...(fault === null ? {} : { fault }),
    ...(approvalId === null ? {} : { approvalId }),
  }
}

/** The facts for a caller whose approval nobody has answered yet. */
export interface Pending {
  readonly approvalId: string | null
  /** Where a person answers it; null where nobody said where. */
  readonly url: string | null
  readonly why: string
}

/** The call still waits for a person: an ordinary result, so that every client shows it to its model at once. */
export function pendingBody(call: McpCall, id: RequestId, { approvalId, url, why }: Pending): string {
  const where =
    approvalId === null ? 'The approval could not be requested yet.' : whereToAnswer(approvalId, url)
  const text = `${why} ${where} Then call ${call.tool ?? call.method} again with the same arguments.`
  const data = { actionId: call.actionId, approvalId, approvalUrl: url, status: 'pending' }
  if (call.method === 'tools/call') return toolError(id, text, { 'sallyport/pending': data }, membersOf(call))
  return errorResponse(id, OUR_CODES.pending, text, data)
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
