import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { withPassedMeta } from '../message/passed-meta.ts'
import type { WithIds } from './bound-ids.ts'
import { mapIds } from './map-ids.ts'

/**
 * The text of a call that goes upstream: canonical; null for a call without a body. Each concern is one step here too.
 * `approved`: whether a person was needed.
 */
export function rewriteRequest(parts: WithIds, exchange: McpExchange, approved: boolean): string | null {
  const { canonical, upstream } = exchange.call
  if (canonical === '') return null
  return mapIds(parts, exchange, approved ? withPassedMeta(canonical, upstream) : canonical)
}
