import type { DecisionInput } from '@sallyport/policy'
import { usedTool } from '../connectors/mcp/catalog/used-tool.ts'
import type { McpExchange } from '../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import { transportOf } from '../connectors/mcp/message/transport.ts'
import { decisionInput } from './decision-input.ts'

/** What the verdict on a call depends on, as of now. `listed`: the upstream's list was read for this. */
export function inputNow(
  parts: Pick<ProxyParts, 'catalog' | 'control' | 'clock'>,
  exchange: Pick<McpExchange, 'call' | 'evidence'>,
  listed = false,
): DecisionInput {
  const { call } = exchange
  const using = { tool: usedTool(parts, call, listed), transport: transportOf(call) }
  return decisionInput(parts.control, exchange, using, parts.clock())
}
