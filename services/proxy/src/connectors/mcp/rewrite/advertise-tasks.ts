import { isJsonObject, type Message, replaceMember } from '@sallyport/jsonrpc'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { TASKS_EXTENSION } from '../message/client-abilities.ts'

/** Clients take a task for an answer only from who says that it may give one: a held call may become a task of ours. */
export function advertiseTasks({ call }: McpExchange, message: Message, text: string): string {
  if (call.method !== 'server/discover' || call.era !== 'stateless') return text
  if (message.kind !== 'response' || !('result' in message) || !isJsonObject(message.result)) return text
  const { capabilities } = message.result
  if (!isJsonObject(capabilities)) return text
  const { extensions } = capabilities
  if (extensions !== undefined && (!isJsonObject(extensions) || extensions[TASKS_EXTENSION] !== undefined))
    return text
  return replaceMember(text, ['result', 'capabilities', 'extensions', TASKS_EXTENSION], '{}')
}
