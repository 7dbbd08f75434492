import { refusedReason } from '@sallyport/control'
import type { Offers } from '../../../governing/connector.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { offerOf } from './offers.ts'
import type { UpstreamCatalogs } from './upstream-catalogs.ts'
import { usedDefinition } from './used-definition.ts'
import { usedTool } from './used-tool.ts'

const LISTED = { fault: null, refused: null }

/** The tools, prompts and resources of MCP servers, as far as their lists tell. */
export function mcpOffers(catalog: UpstreamCatalogs): Offers<McpExchange> {
  return {
    used: ({ call }, listed) => usedTool(catalog, call, listed),
    changing: ({ call }, kind) => catalog.changing(call.upstream, kind),
    read: async ({ call }, { kind, key }) => {
      const { entries, refused, fault } = await catalog.listLately(call, offerOf(kind))
      if (entries.has(key)) return LISTED
      const odd = refused.find((one) => one.key === key)
      if (odd !== undefined) return { fault: null, refused: refusedReason(kind, odd) }
      return fault === null ? LISTED : { fault, refused: null }
    },
    definition: ({ call }) => usedDefinition(catalog, call),
  }
}
