import type { Credential } from '../adapters/credentials.ts'
import { partyOf } from '../adapters/upstreams.ts'
import { abortedEvent } from '../domain/records.ts'
import { upstreamHeaders } from '../domain/upstream-headers.ts'
import { faultDenial, type Verdict } from '../domain/verdict.ts'
import { lostStanding } from '../hold/standing.ts'
import { SseForwarding } from '../sse-channel/sse-forwarding.ts'
import { answerDenied } from './answer-denied.ts'
import { Forwarding } from './forwarding.ts'
import type { Exchange, ProxyParts } from './parts.ts'
import { rewriteRequest } from './rewrite/rewrite-request.ts'

/** When a held call was resumed, on the monotonic clock, and how long it had been held. */
export interface Resumption {
  readonly resumedAt: number
  readonly heldMs: number
}

const METHODS = { stream: 'GET', session_end: 'DELETE' } as const

/** Sends an action whose decision is durable. Its answer flows to the agent; its end is recorded. */
export function forward(
  parts: ProxyParts,
  exchange: Exchange,
  verdict: Verdict,
  resumption?: Resumption,
): void | Promise<void> {
  const credential = parts.credentials.find(exchange.call)
  if (credential instanceof Promise)
    return credential.then((found) => forwardWith(parts, exchange, verdict, found, resumption))
  forwardWith(parts, exchange, verdict, credential, resumption)
}

function forwardWith(
  parts: ProxyParts,
  exchange: Exchange,
  verdict: Verdict,
  credential: Credential,
  resumption?: Resumption,
): void {
  const { call, passed } = exchange
  // Recording may have taken seconds: what was stopped meanwhile does not go out behind its back.
  const lost =
    lostStanding(call, parts.control, verdict) ??
    ('fault' in credential ? faultDenial(credential.fault, verdict) : undefined)
  if (lost !== undefined) {
    withhold(parts, exchange, { ...lost, approvalId: verdict.approvalId, answeredBy: verdict.answeredBy })
    return
  }
  const endpoint = call.session?.endpoint ?? null
  const stream = endpoint === null ? undefined : parts.sseStreams.get(call.session?.upstreamId ?? '')
  const forwarding =
    stream === undefined
      ? new Forwarding(parts, exchange, verdict, resumption)
      : new SseForwarding(parts, exchange, verdict, resumption, stream)
  if (exchange.answer.gone) {
    forwarding.interrupt('the agent went away')
    return
  }
  const text = rewriteRequest(parts, exchange)
  const headers = upstreamHeaders(call, passed, 'header' in credential ? credential.header : null, {
    text,
    declared: exchange.declared,
  })
  const method = call.kind === 'stream' || call.kind === 'session_end' ? METHODS[call.kind] : 'POST'
  const address = endpoint === null ? {} : { url: endpoint }
  parts.upstreams.send(
    call.upstream,
    { method, headers, body: text, ...address, ...partyOf(call) },
    forwarding,
  )
}

function withhold({ recorder, clock }: ProxyParts, exchange: Exchange, lost: Verdict): void {
  const end = { stage: 'forwarding', reason: lost.reasons.join('; '), durationMs: 0 } as const
  recorder.later(abortedEvent(exchange.call, lost, end, clock()))
  answerDenied(exchange, lost)
}
