import type { Message } from '@sallyport/jsonrpc'
import { offersChangedBy } from '../catalog/offers.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'

/** The server says that its offers have changed. Later calls are compared with the new list. */
export function noteListChanged(
  { catalog }: { readonly catalog: UpstreamCatalogs },
  { call }: McpExchange,
  message: Message,
): void {
  if (message.kind !== 'notification') return
  for (const offer of offersChangedBy(message.method)) catalog.listChanged(call, offer)
}
