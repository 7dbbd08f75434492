import { memberText, replaceMember } from '@sallyport/jsonrpc'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { WithIds } from './bound-ids.ts'
import { serverIdOf } from './request-ids.ts'

/** The ids in a message of the client's as the upstream knows them. */
export function mapIds(parts: WithIds, { call, upstreamId }: McpExchange, text: string): string {
  switch (call.kind) {
    case 'request':
      return replaceMember(text, ['id'], JSON.stringify(upstreamId))
    case 'notification':
      if (call.method !== 'notifications/cancelled' || upstreamId === null) return text
      return replaceMember(text, ['params', 'requestId'], JSON.stringify(upstreamId))
    case 'response':
      return replaceMember(text, ['id'], JSON.stringify(answeredId(parts, call) ?? null))
    default:
      return text
  }
}

/** The upstream's id of the request that a response of the client answers; undefined when there was no such request. */
export function answeredId(parts: WithIds, call: McpExchange['call']) {
  const id = memberText(call.canonical, ['id'])
  return id === undefined ? undefined : serverIdOf(parts, call, JSON.parse(id))
}
