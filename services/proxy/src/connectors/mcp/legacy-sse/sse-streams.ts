import { upstreamDigest } from '@sallyport/control'
import { newId } from '@sallyport/runtime'
import { SessionUnknown } from '../../../domain/faults.ts'
import { sessionClosedEvent } from '../../../domain/records.ts'
import { sessionLabel } from '../../../domain/session-label.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { McpCall } from '../message/call.ts'
import type { OpeningSessions } from '../session/opened-session.ts'
import type { Session } from '../session/session.ts'
import { SseStream } from './sse-stream.ts'

/** The HTTP+SSE sessions whose stream comes through this process, by the id that is sealed in their endpoints. */
export type SseStreams = Map<string, SseStream>

/** The parts that opening and closing such sessions needs. */
export interface LegacySse extends OpeningSessions {
  readonly sseStreams: SseStreams
}

/** The session that an HTTP+SSE client posts in, with what its handshake agreed on. Throws SessionUnknown. */
export function sseSessionOf(
  { sseStreams }: Pick<LegacySse, 'sseStreams'>,
  named: Session | null,
): { readonly stream: SseStream; readonly session: Session } {
  const stream = named === null ? undefined : sseStreams.get(named.upstreamId)
  if (stream === undefined || stream.closed) throw new SessionUnknown()
  const { session, protocolVersion, client } = stream
  return { stream, session: { ...session, protocolVersion, client } }
}

/**
 * Turns an upstream's answer to GET into a session once its first event names an endpoint. Yields the endpoint that
 * the agent is told: ours, with the upstream's sealed in it, relative to where the agent asked, as a proxy before us may
 * have another path. Throws for an endpoint of another origin, to which the
 * upstream could send what agents post.
 */
export function openSseSession(
  { seal, address, sseStreams }: Pick<LegacySse, 'seal' | 'address' | 'sseStreams'>,
  { call, answer, passed }: Pick<McpExchange, 'call' | 'answer' | 'passed'>,
  endpoint: string,
): { readonly stream: SseStream; readonly endpoint: string } {
  const { gateway, upstream } = call
  const upstreamId = newId()
  const session = {
    id: upstreamId,
    upstreamId,
    endpoint: sameOrigin(call, endpoint),
    gatewayId: gateway.id,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
    protocolVersion: null,
    client: null,
    initialize: null,
    owner: address,
  }
  const stream = new SseStream({ ...session, label: sessionLabel(upstreamId) }, answer)
  sseStreams.set(upstreamId, stream)
  const folder = passed.folder === true ? '' : `${upstream.name}/`
  return { stream, endpoint: `${folder}messages?session=${seal.seal(session)}` }
}

/** The session is over with its stream. */
export function closeSseSession(
  { sseStreams, recorder, clock }: LegacySse,
  call: McpCall,
  stream: SseStream,
  reason: string,
): void {
  const { session, protocolVersion, client } = stream
  if (!sseStreams.delete(session.upstreamId)) return
  stream.close(reason)
  recorder.later(sessionClosedEvent({ ...call, session, protocolVersion, client }, reason, clock()))
}

function sameOrigin({ upstream: { target } }: McpCall, endpoint: string): string {
  const base = target.kind === 'http' ? target.url : ''
  if (!URL.canParse(endpoint, base)) throw new Error('its endpoint is not an address')
  const url = new URL(endpoint, base)
  if (url.origin !== new URL(base).origin) throw new Error('its endpoint is of another origin')
  url.hash = ''
  return url.href
}
