import type { UpstreamRequest } from '../../../reaching/upstream-request.ts'
import { isInitialize, type McpCall } from '../message/call.ts'

/** The gateway and the session of a request, for upstreams that are not reached by HTTP. */
export function partyOf(call: McpCall): Pick<UpstreamRequest, 'gateway' | 'sessionId' | 'opensSession'> {
  return {
    gateway: call.gateway,
    sessionId: call.session?.upstreamId ?? null,
    opensSession: isInitialize(call),
  }
}
