import { refusalVerdict } from '../../../domain/verdict.ts'
import { PASS_REQUEST, type Passing, type RequestStep } from '../../../governing/request-phases.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { isToolsCall } from '../message/call.ts'
import { paramRefusal } from './mirrored-headers.ts'
import type { ToolHeaders } from './tool-headers.ts'

/** Whether it has to be looked up which arguments of the call are mirrored; only HTTP has header fields. */
export function mirrorsParams({ call }: Pick<McpExchange, 'call'>): boolean {
  const isTheirs = isToolsCall(call) && call.own !== true
  return call.era === 'stateless' && isTheirs && call.upstream.target.kind === 'http'
}

/** Looks up what the tool wants mirrored, for the forward too, and compares it with what the agent sent. */
export async function checkParams(
  { toolHeaders }: { readonly toolHeaders: ToolHeaders },
  { exchange, verdict }: Passing<McpExchange>,
): Promise<RequestStep<McpExchange>> {
  const { call, passed } = exchange
  exchange.declared = await toolHeaders.of(call)
  if (passed.mirrored === null || call.message?.kind !== 'request') return PASS_REQUEST
  const refusal = paramRefusal(call.message, exchange.declared, passed.mirrored)
  return refusal === undefined ? PASS_REQUEST : { step: 'refuse', verdict: refusalVerdict(refusal, verdict) }
}
