import type { RequestId } from '@sallyport/jsonrpc'
import type { McpCall } from '../message/call.ts'
import { idOf, idText, type WithIds } from './bound-ids.ts'

/**
 * The id under which the upstream knows a request: another one for each that is forwarded, as clients use one id again
 * and again. It holds the client's own, so that an answer which comes later, on a resumed stream, finds its way too.
 */
export function upstreamIdOf({ ids }: WithIds, call: McpCall): string | null {
  if (call.id === null) return null
  return ids.bind('request', call, `${call.actionId}.${idText(call.id)}`)
}

/** The client's id of a request of this session, by what the upstream calls it; undefined for any other id. */
export function clientIdOf({ ids }: WithIds, call: McpCall, upstreamId: unknown): RequestId | undefined {
  const text = ids.open('request', call, upstreamId)
  return text === undefined ? undefined : idOf(text.slice(text.indexOf('.') + 1))
}

/** The id under which the client gets a request of the upstream. Only an answer with this id is let through. */
export function askedIdOf({ ids }: WithIds, call: McpCall, id: RequestId): string {
  return ids.bind('asked', call, idText(id))
}

/** The upstream's id of a request that it made in this session, by what the client was told; undefined for any other. */
export function serverIdOf({ ids }: WithIds, call: McpCall, askedId: unknown): RequestId | undefined {
  const text = ids.open('asked', call, askedId)
  return text === undefined ? undefined : idOf(text)
}
