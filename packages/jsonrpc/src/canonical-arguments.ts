import { members, memberText, sortedText } from './canonical-text.ts'
import { isToolCall, type Message } from './message.ts'

/**
 * The text a digest of the call is taken over: keys sorted as in RFC 8785, number lexemes as sent. Of a
 * tools/call its `params.arguments`; of anything else with params these without `_meta`, which differs from
 * call to call. `null` where there are none: absent arguments are not empty ones.
 */
export function canonicalArguments(message: Message): string {
  if (message.kind === 'response') return 'null'
  const params = memberText(message.canonical, 'params')
  if (params === undefined) return 'null'
  if (isToolCall(message)) return sortedText(memberText(params, 'arguments') ?? 'null')
  if (!params.startsWith('{')) return sortedText(params)
  const act = [...members(params)].filter(([key]) => key !== '_meta')
  return sortedText(`{${act.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`)
}
