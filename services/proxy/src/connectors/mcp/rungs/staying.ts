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
    asked({ approvalId, unanswerable }) {
      keepAlive.text = `waiting for a person to answer approval ${approvalId}`
      // To wait for nobody only costs the caller its time.
      return unanswerable === null ? 'wait' : 'leave'
    },
    stop: () => keepAlive.stop(),
    unanswered,
  }
}
