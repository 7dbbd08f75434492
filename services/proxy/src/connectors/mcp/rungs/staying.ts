import type { Rung } from '../../../governing/hold/rung.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Keeping } from './keeping.ts'

/** The caller waits on its open connection, and hears that it does. */
export function staying(
  keeping: Keeping,
  exchange: McpExchange,
  unanswered: Rung<McpExchange>['unanswered'],
): Rung<McpExchange> {
  const keepAlive = new KeepAlive(keeping, exchange)
  return {
    exchange,
    asked({ approvalId }) {
      keepAlive.text = `waiting for a person to answer approval ${approvalId}`
      return 'wait'
    },
    stop: () => keepAlive.stop(),
    unanswered,
  }
}
