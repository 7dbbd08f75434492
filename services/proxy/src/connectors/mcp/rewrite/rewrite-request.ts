import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { WithIds } from './bound-ids.ts'
import { mapIds } from './map-ids.ts'

/** What goes upstream of a call: canonical text, null for what has no body. Each concern is one step here too. */
export function rewriteRequest(parts: WithIds, exchange: McpExchange): string | null {
  const { canonical } = exchange.call
  return canonical === '' ? null : mapIds(parts, exchange, canonical)
}
