import type { Rung } from '../../../governing/hold/rung.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'

/** Whoever calls is answered as soon as there is an approval. */
export function leaving(
  exchange: McpExchange,
  unanswered: Rung<McpExchange>['unanswered'],
): Rung<McpExchange> {
  return { exchange, asked: () => 'leave', stop() {}, unanswered }
}
