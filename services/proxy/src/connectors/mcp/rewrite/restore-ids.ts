import { isJsonObject, type Message, type RequestId, replaceMember } from '@sallyport/jsonrpc'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { WithIds } from './bound-ids.ts'
import { askedIdOf, clientIdOf } from './request-ids.ts'

const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId'

/**
 * The ids in a message of the upstream's as the client knows them. Throws on a response to what was not asked in this
 * session: it would be taken for the answer to whatever call of the client's has that id.
 */
export function restoreIds(parts: WithIds, exchange: McpExchange, message: Message, text: string): string {
  switch (message.kind) {
    case 'response': {
      const restored = replaceMember(text, ['id'], clientText(parts, exchange, message.id))
      return 'result' in message
        ? restoreSubscription(parts, exchange, message.result, 'result', restored)
        : restored
    }
    case 'request':
      return replaceMember(text, ['id'], JSON.stringify(askedIdOf(parts, exchange.call, message.id)))
    case 'notification':
      if (message.method === 'notifications/cancelled')
        return restoreCancelled(parts, exchange, message, text)
      return restoreSubscription(parts, exchange, message.params, 'params', text)
  }
}

/**
 * An error without an id answers the request that it comes for: a client could not tell which of its calls it ends.
 */
function clientText(parts: WithIds, { call, upstreamId }: McpExchange, id: RequestId | null): string {
  if (id === null) return JSON.stringify(call.id)
  const own = id === upstreamId ? call.id : clientIdOf(parts, call, id)
  if (own === undefined || own === null) throw new Error('a response to what was not asked in this session')
  return JSON.stringify(own)
}

/** Servers take back what they asked; the stateless era also ends what the client listens to in this way. */
function restoreCancelled(
  parts: WithIds,
  { call }: McpExchange,
  { params }: Extract<Message, { kind: 'notification' }>,
  text: string,
): string {
  const id = isJsonObject(params) ? params['requestId'] : undefined
  if (typeof id !== 'string' && typeof id !== 'number') return text
  const told = clientIdOf(parts, call, id) ?? askedIdOf(parts, call, id)
  return replaceMember(text, ['params', 'requestId'], JSON.stringify(told))
}

/** 2026-07-28: notifications of `subscriptions/listen` name that request's id. */
function restoreSubscription(
  parts: WithIds,
  { call }: McpExchange,
  body: unknown,
  at: 'params' | 'result',
  text: string,
): string {
  const meta = isObject(body) ? body['_meta'] : undefined
  const id = isObject(meta) ? meta[SUBSCRIPTION] : undefined
  const own = id === undefined ? undefined : clientIdOf(parts, call, id)
  return own === undefined ? text : replaceMember(text, [at, '_meta', SUBSCRIPTION], JSON.stringify(own))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
