import { upstreamDigest } from '@sallyport/control'
import { newId } from '@sallyport/runtime'
import type { FastifyRequest } from 'fastify'
import { isStatelessVersion } from '../../connectors/mcp/message/protocol-versions.ts'
import type { Arrival } from '../../connectors/mcp/message/read-call.ts'
import type { HealedSessions } from '../../connectors/mcp/session/healed-sessions.ts'
import type { Session } from '../../connectors/mcp/session/session.ts'
import type { SessionSeal } from '../../connectors/mcp/session/session-seal.ts'
import { SessionUnknown } from '../../domain/faults.ts'
import { admissionOf } from '../server/let-in.ts'
import { versionHeaderOf } from './mirrored-fields.ts'

export const PATH = '/mcp/:upstream'
/** HTTP with SSE (MCP 2024-11-05): where a client with such a stream posts. */
export const MESSAGES = `${PATH}/messages`

/** The parts that finding the session of a request needs. */
export interface KnownSessions {
  readonly seal: SessionSeal
  readonly sessions: HealedSessions
}

/** Throws SessionUnknown. */
export function arrivalOf(request: FastifyRequest, known: KnownSessions): Arrival {
  const { gateway, upstream, agentAuthorization, arrivedAt } = admissionOf(request)
  const session = sessionOf(request, known)
  const versionHeader = versionHeaderOf(request)
  return { actionId: newId(), gateway, upstream, agentAuthorization, arrivedAt, session, versionHeader }
}

/** A stateless message has no session, even if its headers name one. Throws SessionUnknown. */
export function sessionOf(request: FastifyRequest, { seal, sessions }: KnownSessions): Session | null {
  const sealed = sealedSessionOf(request)
  const version = versionHeaderOf(request)
  if (sealed === undefined || (version !== null && isStatelessVersion(version))) return null
  const { gateway, upstream } = admissionOf(request)
  const owner = {
    gatewayId: gateway.id,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
  }
  const session = seal.open(sealed, owner)
  // A session is good only at the endpoint of its transport.
  if (session === undefined || (session.endpoint !== null) !== isPosted(request)) throw new SessionUnknown()
  return sessions.current(session)
}

/** In the header, or in the endpoint that an HTTP+SSE client was told. */
function sealedSessionOf(request: FastifyRequest): string | undefined {
  if (!isPosted(request)) return single(request.headers['mcp-session-id'])
  const { session } = request.query as { readonly session?: unknown }
  return typeof session === 'string' ? session : ''
}

const isPosted = ({ routeOptions }: FastifyRequest) => routeOptions.url === MESSAGES

/** A field that came twice is joined, so that it fits nothing. */
export function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
