import type { Offers } from '../../../governing/connector.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { offerOf } from './offers.ts'
import type { UpstreamCatalogs } from './upstream-catalogs.ts'
import { usedDefinition } from './used-definition.ts'
import { usedTool } from './used-tool.ts'

/** The tools, prompts and resources of MCP servers, as far as their lists tell. */
export function mcpOffers(catalog: UpstreamCatalogs): Offers<McpExchange> {
  return {
    used: ({ call }, listed) => usedTool(catalog, call, listed),
    changing: ({ call }, kind) => catalog.changing(call.upstream, kind),
    read: async ({ call }, kind) => (await catalog.listLately(call, offerOf(kind))) !== undefined,
    definition: ({ call }) => usedDefinition(catalog, call),
  }
}
