import { startOfMember } from './canonical-text.ts'
import { type ExactJson, exactValue } from './exact-value.ts'
import { isKnownMethod } from './mcp-methods.ts'
import { asksMore, isToolCall, type Message } from './message.ts'
import { memberText, replaceMember } from './replace-member.ts'
import { sortedText } from './sorted-text.ts'

const META = ['params', '_meta'] as const

/**
 * The text a digest of the call is taken over: keys sorted as in RFC 8785, number lexemes as sent. Of a tools/call its
 * `params.arguments`, or all its params where there are more; of anything else with params these; of an answer its
 * result. Always without `_meta`, which differs from call to call. A method that MCP does not know is part of the text
 * with everything but the id, as several of them may have one name. `null` without arguments: absent arguments are not
 * empty ones.
 */
export function canonicalArguments(message: Message): string {
  const text = message.canonical
  if (message.kind === 'response') return sortedText(toldAnswer(message))
  // No text of arguments begins like these two: a call cannot be made to look like another by nesting.
  if (!isKnownMethod(message.method))
    return `message ${sortedText(replaceMember(text, META, undefined), 0, 'id')}`
  const params = startOfMember(text, 0, 'params')
  if (params === undefined) return 'null'
  if (!isToolCall(message)) return sortedText(text, params, '_meta')
  if (asksMore(message)) return `params ${sortedText(text, params, '_meta')}`
  const start = startOfMember(text, params, 'arguments')
  return start === undefined ? 'null' : sortedText(text, start)
}

/** The same for people: recorded with a call, and shown to the person who is asked about it. Null without arguments. */
export function tellingArguments(message: Message): ExactJson {
  if (message.kind === 'response') {
    if (message.rounded) return exactValue(toldAnswer(message))
    return 'error' in message ? { error: message.value['error'] ?? null } : message.result
  }
  const params = withoutMeta(paramsOf(message))
  if (!isKnownMethod(message.method))
    return params === undefined ? { method: message.method } : { method: message.method, params }
  if (!isToolCall(message) || asksMore(message)) return params ?? null
  return isMembers(params) ? (params['arguments'] ?? null) : null
}

/** The `_meta` of a request or notification, with its numbers as they were sent; undefined without one. */
export function messageMeta(message: Message): ExactJson | undefined {
  if (message.kind === 'response') return undefined
  const { params } = message
  if (!isMembers(params) || !Object.hasOwn(params, '_meta')) return undefined
  return message.rounded ? exactValue(memberText(message.canonical, META) ?? 'null') : params['_meta']
}

/** An answer's result; of an error the object that has it as `error`. */
function toldAnswer(message: Extract<Message, { kind: 'response' }>): string {
  const isError = 'error' in message
  const text = memberText(message.canonical, [isError ? 'error' : 'result']) ?? 'null'
  return isError ? `{"error":${text}}` : text
}

function paramsOf(message: Exclude<Message, { kind: 'response' }>): ExactJson | undefined {
  if (!message.rounded) return message.params
  const text = memberText(message.canonical, ['params'])
  return text === undefined ? undefined : exactValue(text)
}

function withoutMeta(params: ExactJson | undefined): ExactJson | undefined {
  if (!isMembers(params) || !Object.hasOwn(params, '_meta')) return params
  const { _meta: _, ...rest } = params
  return rest
}

function isMembers(value: ExactJson | undefined): value is { readonly [key: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
