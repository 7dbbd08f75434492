import { isJsonObject, type Message, replaceMember } from '@sallyport/jsonrpc'
import type { McpExchange } from '../exchange/mcp-exchange.ts'

/** Progress of a call that was held goes on from what was sent while it waited: its values may only grow. */
export function offsetProgress({ call, progressSent }: McpExchange, message: Message, text: string): string {
  const token = call.progressToken
  if (progressSent === 0 || token === null) return text
  if (message.kind !== 'notification' || message.method !== 'notifications/progress') return text
  const params = isJsonObject(message.params) ? message.params : {}
  if (params['progressToken'] !== token) return text
  return ['progress', 'total'].reduce((moved, name) => {
    const value = params[name]
    return typeof value === 'number'
      ? replaceMember(moved, ['params', name], JSON.stringify(value + progressSent))
      : moved
  }, text)
}
