import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { WithIds } from './bound-ids.ts'
import { mapIds } from './map-ids.ts'

/**
 * The text of a call that goes upstream: canonical; null for a call without a body. Each concern is one step here too.
 */
export function rewriteRequest(parts: WithIds, exchange: McpExchange): string | null {
  const { canonical } = exchange.call
  return canonical === '' ? null : mapIds(parts, exchange, canonical)
}
