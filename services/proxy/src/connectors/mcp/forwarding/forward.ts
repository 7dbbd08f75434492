import { abortedEvent } from '../../../domain/records.ts'
import { type ActionVerdict, faultDenial } from '../../../domain/verdict.ts'
import { changedMeanwhile } from '../../../governing/changed-meanwhile.ts'
import type { Credential } from '../../../reaching/credentials/credentials.ts'
import { answerDenied } from '../answers/answer-denied.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import { SseForwarding } from '../legacy-sse/sse-forwarding.ts'
import { rewriteRequest } from '../rewrite/rewrite-request.ts'
import type { Session } from '../session/session.ts'
import { Forwarding, type SendAgain } from './forwarding.ts'
import { partyOf } from './party-of.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** When a held call was resumed, on the monotonic clock, and how long it had been held. */
export interface Resumption {
  readonly resumedAt: number
  readonly heldMs: number
}

const METHODS = { stream: 'GET', session_end: 'DELETE' } as const

/**
 * Sends an action whose decision is durable. Its answer flows to the agent; its end is recorded. Where the upstream
 * does not know the session, and so has not carried it out, it is sent once more in a new one.
 */
export function forward(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
  resumption?: Resumption,
  sentAgain = false,
): void | Promise<void> {
  const again = sentAgain
    ? undefined
    : (session: Session) => forward(parts, inSession(exchange, session), verdict, resumption, true)
  const credential = parts.credentials.find(exchange.call)
  if (credential instanceof Promise)
    return credential.then((found) => forwardWith(parts, exchange, verdict, found, resumption, again))
  return forwardWith(parts, exchange, verdict, credential, resumption, again)
}

/** Recording may have taken seconds: what was stopped meanwhile does not go out behind its back. */
function forwardWith(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
  credential: Credential,
  resumption: Resumption | undefined,
  again: SendAgain | undefined,
): void | Promise<void> {
  const go = (changed: ActionVerdict | undefined) => {
    const lost = changed ?? ('fault' in credential ? faultDenial(credential.fault, verdict) : undefined)
    if (lost === undefined) send(parts, exchange, verdict, credential, resumption, again)
    else
      withhold(parts, exchange, { ...lost, approvalId: verdict.approvalId, answeredBy: verdict.answeredBy })
  }
  const changed = changedMeanwhile(parts, exchange, verdict)
  return changed instanceof Promise ? changed.then(go) : go(changed)
}

function send(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
  credential: Credential,
  resumption: Resumption | undefined,
  again: SendAgain | undefined,
): void {
  const { call, passed } = exchange
  const endpoint = call.session?.endpoint ?? null
  const stream = endpoint === null ? undefined : parts.sseStreams.get(call.session?.upstreamId ?? '')
  const forwarding =
    stream === undefined
      ? new Forwarding(parts, exchange, verdict, resumption, again)
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
    { method, headers, body: text, endless: forwarding.endless, ...address, ...partyOf(call) },
    forwarding,
  )
}

/** The same for a session that took the place of a lost one, in which no event of a stream was ever seen. */
function inSession(exchange: McpExchange, session: Session): McpExchange {
  const { call, passed } = exchange
  return { ...exchange, call: { ...call, session }, passed: { ...passed, lastEventId: undefined } }
}

function withhold({ recorder, clock }: ProxyParts, exchange: McpExchange, lost: ActionVerdict): void {
  const end = { stage: 'forwarding', reason: lost.reasons.join('; '), durationMs: 0 } as const
  recorder.later(abortedEvent(exchange.call, lost, end, clock()))
  answerDenied(exchange, lost)
}
