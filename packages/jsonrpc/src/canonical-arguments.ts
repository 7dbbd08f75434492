import { startOfMember } from './canonical-text.ts'
import type { JsonValue } from './json-value.ts'
import { isKnownMethod } from './mcp-methods.ts'
import { asksMore, isToolCall, type Message } from './message.ts'
import { sortedText } from './sorted-text.ts'

/**
 * The text a digest of the call is taken over: keys sorted as in RFC 8785, number lexemes as sent. Of a tools/call its
 * `params.arguments`, or all its params where there are more; of anything else with params these. Always without
 * `_meta`, which differs from call to call. A method that MCP does not know is part of the text with everything but the
 * id, as several of them may have one name. `null` without arguments: absent arguments are not empty ones.
 */
export function canonicalArguments(message: Message): string {
  if (message.kind === 'response') return 'null'
  const text = message.canonical
  // No text of arguments begins like these two: a call cannot be made to look like another by nesting.
  if (!isKnownMethod(message.method)) return `message ${sortedText(text, 0, 'id')}`
  const params = startOfMember(text, 0, 'params')
  if (params === undefined) return 'null'
  if (!isToolCall(message)) return sortedText(text, params, '_meta')
  if (asksMore(message)) return `params ${sortedText(text, params, '_meta')}`
  const start = startOfMember(text, params, 'arguments')
  return start === undefined ? 'null' : sortedText(text, start)
}

/** The same for people: recorded with a call, and shown to the person who is asked about it. Null without arguments. */
export function tellingArguments(message: Message): JsonValue {
  if (message.kind === 'response') return null
  const { method, params } = message
  if (!isKnownMethod(method)) return params === undefined ? { method } : { method, params }
  return isToolCall(message) && !asksMore(message) ? (message.params.arguments ?? null) : (params ?? null)
}
