import type { UpstreamRequest } from '../../../reaching/upstream-request.ts'
import { isInitialize, type McpCall } from '../message/call.ts'

/** The gateway and the session of a request, for upstreams that are not reached by HTTP. */
export function partyOf(call: McpCall): Pick<UpstreamRequest, 'gatewayId' | 'sessionId' | 'opensSession'> {
  return {
    gatewayId: call.gateway.id,
    sessionId: call.session?.upstreamId ?? null,
    opensSession: isInitialize(call),
  }
}
