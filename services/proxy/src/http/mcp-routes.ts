import { checkContentEncoding, checkContentType } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Call, isInitialize } from '../domain/call.ts'
import type { CallerRules } from '../domain/callers.ts'
import { SessionUnknown } from '../domain/faults.ts'
import { checkProtocolVersion, protocolVersionOf } from '../domain/protocol-versions.ts'
import { type Arrival, readCall, sessionEndCall, streamCall } from '../domain/read-call.ts'
import type { Session } from '../domain/session.ts'
import { upstreamDigest } from '../domain/upstream-digest.ts'
import { decide } from '../exchange/decide.ts'
import { govern } from '../exchange/govern.ts'
import { newExchange } from '../exchange/new-exchange.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import { type Admission, admit } from './admit.ts'
import { CallersAtOnce } from './callers-at-once.ts'
import { MethodNotAllowed, TooManyCalls } from './errors.ts'
import { HttpAnswer } from './http-answer.ts'
import { sendProblem } from './problem.ts'
import { refuseUnread } from './refuse-unread.ts'

declare module 'fastify' {
  interface FastifyRequest {
    admission: Admission | null
  }
}

const PATH = '/mcp/:upstream'

/** Streamable HTTP (MCP 2025-03-26 to 2025-11-25): POST a message, GET the server's stream, DELETE the session. */
export function mcpRoutes(server: FastifyInstance, parts: ProxyParts, rules: CallerRules): void {
  const { config, control } = parts

  server.decorateRequest('admission', null)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  // One agent must not take the memory and the sockets of all.
  const callers = new CallersAtOnce(config.limits.openPerGateway)
  // Before the body: who is not known cannot make us read one.
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const admission = admit(request, reply, control, rules)
    if (admission === undefined) return
    if (!callers.admit(admission.gateway.id, reply.raw)) {
      void sendProblem(reply, 429, new TooManyCalls(config.limits.openPerGateway))
      return
    }
    request.admission = admission
    done()
  }
  const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    refuseUnread(parts, error, request, reply)

  // After the body, which goes along as it came: the owner reads it as strictly as its own.
  const preHandler = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const owner = sessionOf(request, parts)?.owner ?? null
    if (parts.relay.belongsElsewhere(owner, request)) parts.relay.pass(owner, request, reply).catch(done)
    else done()
  }
  const route = { onRequest, preHandler, errorHandler }

  server.post(PATH, { ...route, bodyLimit: config.limits.bodyBytes }, (request, reply) => {
    const arrival = arrivalOf(request, parts)
    checkContentType(request.headers['content-type'])
    checkContentEncoding(request.headers['content-encoding'])
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    return take(parts, request, reply, readCall(arrival, body, config.limits.bodyBytes))
  })
  server.get(PATH, route, (request, reply) =>
    take(parts, request, reply, streamCall(arrivalOf(request, parts))),
  )
  server.delete(PATH, route, (request, reply) =>
    take(parts, request, reply, sessionEndCall(arrivalOf(request, parts))),
  )
  server.route({
    method: ['HEAD', 'OPTIONS', 'PATCH', 'PUT'],
    url: PATH,
    onRequest: [onRequest, refuseMethod],
    handler: refuseMethod,
  })
}

/** 405 and not 404: a client that got a 404 would take its session for lost (MCP 2025-11-25, Session Management). */
function refuseMethod(_request: FastifyRequest, reply: FastifyReply): void {
  reply.header('allow', 'GET, POST, DELETE')
  void sendProblem(reply, 405, new MethodNotAllowed())
}

/** From here on the exchange owns the connection; Fastify is left out of it. Throws ProtocolVersionUnsupported. */
function take(parts: ProxyParts, request: FastifyRequest, reply: FastifyReply, call: Call): FastifyReply {
  const { accept, 'last-event-id': lastEventId, traceparent } = request.headers
  const protocolVersion = single(request.headers['mcp-protocol-version'])
  if (!isInitialize(call)) checkProtocolVersion(protocolVersion)
  reply.hijack()
  // Its arguments are redacted while the decision service thinks.
  const deciding = decide(parts, call)
  const exchange = newExchange(parts, call, new HttpAnswer(reply.raw), {
    protocolVersion: protocolVersionOf(protocolVersion),
    accept,
    lastEventId: single(lastEventId),
    traceparent: single(traceparent),
  })
  govern(parts, exchange, deciding).catch((error: unknown) => {
    parts.logger.error({ actionId: call.actionId, error }, 'an exchange failed')
    reply.raw.destroy()
  })
  return reply
}

/** Throws SessionUnknown. */
function arrivalOf(request: FastifyRequest, parts: ProxyParts): Arrival {
  const { gateway, upstream, arrivedAt } = admissionOf(request)
  const session = sessionOf(request, parts)
  const protocolVersion = protocolVersionOf(single(request.headers['mcp-protocol-version']))
  return { actionId: newId(), gateway, upstream, arrivedAt, session, protocolVersion }
}

function admissionOf({ admission }: FastifyRequest): Admission {
  if (admission === null) throw new Error('the request was not admitted')
  return admission
}

/** Throws SessionUnknown. */
function sessionOf(request: FastifyRequest, { seal }: ProxyParts): Session | null {
  const sealed = single(request.headers['mcp-session-id'])
  if (sealed === undefined) return null
  const { gateway, upstream } = admissionOf(request)
  const owner = {
    gatewayId: gateway.id,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
  }
  const session = seal.open(sealed, owner)
  if (session === undefined) throw new SessionUnknown()
  return session
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
