import { decodeMessage, type MemberEdit, replaceMembers, UNBOUNDED } from '@sallyport/jsonrpc'
import type { McpCall } from './call.ts'
import { contentOf } from './message-content.ts'

/** The call with members of its message replaced: read anew, so that what is judged is what is forwarded. */
export function editCall(call: McpCall, edits: readonly MemberEdit[]): McpCall {
  const canonical = replaceMembers(call.canonical, edits)
  const message = decodeMessage(canonical, UNBOUNDED)
  return { ...call, message, canonical, ...contentOf(message, call.upstream) }
}
