import type { Released } from '../../../governing/connector.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { SseForwarding } from '../legacy-sse/sse-forwarding.ts'
import { rewriteRequest } from '../rewrite/rewrite-request.ts'
import { cancelledId, settleCancellation } from './cancellation.ts'
import { Forwarding } from './forwarding.ts'
import type { ForwardingNeeds } from './forwarding-needs.ts'
import { partyOf } from './party-of.ts'
import { upstreamHeaders } from './upstream-headers.ts'

const METHODS = { stream: 'GET', session_end: 'DELETE' } as const

/**
 * Sends a released message. Its answer flows to the agent; its end is recorded. Where the upstream does not know the
 * session, and so has not carried it out, it is sent once more in a new one.
 */
export function forward(needs: ForwardingNeeds, released: Released<McpExchange>): void {
  const { exchange } = released
  const cancelled = cancelledId(exchange.call)
  const told = cancelled === undefined ? exchange : settleCancellation(needs, exchange, cancelled)
  if (told === null) exchange.answer.empty(202)
  else send(needs, { ...released, exchange: told })
}

function send(needs: ForwardingNeeds, released: Released<McpExchange>): void {
  const { exchange, credential, verdict } = released
  const { call, passed, declared } = exchange
  const endpoint = call.session?.endpoint ?? null
  const stream =
    endpoint === null ? undefined : needs.legacySse.sseStreams.get(call.session?.upstreamId ?? '')
  const forwarding =
    stream === undefined ? new Forwarding(needs, released) : new SseForwarding(needs, released, stream)
  if (exchange.answer.gone) {
    forwarding.interrupt('the agent went away')
    return
  }
  const text = rewriteRequest(needs, exchange, verdict.approvalId !== null)
  const headers = upstreamHeaders(call, passed, credential, { text, declared })
  const method = call.kind === 'stream' || call.kind === 'session_end' ? METHODS[call.kind] : 'POST'
  const address = endpoint === null ? {} : { url: endpoint }
  needs.upstreams.send(
    call.upstream,
    { method, headers, body: text, endless: forwarding.endless, ...address, ...partyOf(call) },
    forwarding,
  )
}
