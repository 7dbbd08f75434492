import { sortedText, startOfMember } from './canonical-text.ts'
import { isToolCall, type Message } from './message.ts'

/**
 * The text a digest of the call is taken over: keys sorted as in RFC 8785, number lexemes as sent. Of a
 * tools/call its `params.arguments`; of anything else with params these without `_meta`, which differs from
 * call to call. `null` where there are none: absent arguments are not empty ones.
 */
export function canonicalArguments(message: Message): string {
  if (message.kind === 'response') return 'null'
  const text = message.canonical
  const params = startOfMember(text, 0, 'params')
  if (params === undefined) return 'null'
  if (!isToolCall(message)) return sortedText(text, params, '_meta')
  const start = startOfMember(text, params, 'arguments')
  return start === undefined ? 'null' : sortedText(text, start)
}
