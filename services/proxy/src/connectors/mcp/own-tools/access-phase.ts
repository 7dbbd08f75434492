import { denial, limitDenial } from '../../../domain/verdict.ts'
import { PASS_REQUEST, type Passing, type RequestStep } from '../../../governing/request-phases.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { type AccessRequests, TooManyAccessRequests } from './access-requests.ts'
import { readWish } from './access-tool.ts'

export interface Asking {
  readonly accessRequests: AccessRequests
  readonly clock: () => Date
}

/** A request for access that says what is wanted and why, and that its gateway may still make, goes on to a person. */
export function checkAccessRequest(
  { accessRequests, clock }: Asking,
  { exchange: { call, evidence }, verdict }: Passing<McpExchange>,
): RequestStep<McpExchange> {
  if (call.own !== true) return PASS_REQUEST
  const wish = readWish(call.canonical)
  if (typeof wish === 'string')
    return { step: 'refuse', verdict: denial('protocol', verdict.rule, wish, verdict) }
  const retryAfterMs = accessRequests.ask(call.gateway.id, evidence.argsDigest ?? '', clock().getTime())
  if (retryAfterMs === 0) return PASS_REQUEST
  const limit = limitDenial(new TooManyAccessRequests(accessRequests.perHour), verdict)
  return { step: 'refuse', verdict: { ...limit, retryAfterMs } }
}
