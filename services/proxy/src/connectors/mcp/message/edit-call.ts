import {
  canonicalArguments,
  decodeMessage,
  type MemberEdit,
  replaceMembers,
  tellingArguments,
  UNBOUNDED,
} from '@sallyport/jsonrpc'
import type { McpCall } from './call.ts'

/** The call with members of its message replaced: read anew, so that what is judged is what is forwarded. */
export function editCall(call: McpCall, edits: readonly MemberEdit[]): McpCall {
  const canonical = replaceMembers(call.canonical, edits)
  const message = decodeMessage(canonical, UNBOUNDED)
  const argumentsText = canonicalArguments(message)
  return { ...call, message, canonical, params: tellingArguments(message), argumentsText }
}
