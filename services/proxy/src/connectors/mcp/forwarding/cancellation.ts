import { isJsonObject, type JsonValue } from '@sallyport/jsonrpc'
import type { HeldCalls } from '../../../governing/hold/held-calls.ts'
import type { OpenExchanges } from '../../../governing/open-exchanges.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { McpCall } from '../message/call.ts'
import type { RemoteCancellations } from './remote-cancellations.ts'

/** The id that a cancellation names; undefined for every other call. */
export function cancelledId({ kind, method, message }: McpCall): JsonValue | undefined {
  if (kind !== 'notification' || method !== 'notifications/cancelled') return undefined
  const params = message?.value['params']
  return isJsonObject(params) ? params['requestId'] : undefined
}

/** Where a call that is cancelled may be. */
export interface Cancelling {
  readonly holds: HeldCalls
  readonly open: OpenExchanges<McpCall>
  readonly remote: RemoteCancellations
}

/**
 * The cancellation as it goes upstream: it names the request by the upstream's id. Null when the upstream need not hear
 * of it: it never saw a held call, and an ended call needs no cancellation.
 */
export function settleCancellation(
  { holds, open, remote }: Cancelling,
  exchange: McpExchange,
  requestId: JsonValue,
): McpExchange | null {
  const { call } = exchange
  if (holds.cancel(call, requestId)) return null
  const upstreamId = open.find(call, requestId)?.upstreamId ?? null
  if (upstreamId !== null) return { ...exchange, upstreamId }
  remote.cancel(call, requestId)
  return null
}
