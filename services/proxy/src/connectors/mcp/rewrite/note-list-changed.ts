import type { Message } from '@sallyport/jsonrpc'
import { offersChangedBy } from '../catalog/offers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'

/** The server tells that what it offers has changed: what is called from now on is compared with the new list. */
export function noteListChanged({ catalog }: ProxyParts, { call }: McpExchange, message: Message): void {
  if (message.kind !== 'notification') return
  for (const offer of offersChangedBy(message.method)) catalog.listChanged(call, offer)
}
