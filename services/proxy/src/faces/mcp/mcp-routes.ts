import type { ServerResponse } from 'node:http'
import { upstreamDigest } from '@sallyport/control'
import { checkContentEncoding, checkContentType } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../../connectors/mcp/answers/answer.ts'
import { governBatch } from '../../connectors/mcp/batch/govern-batch.ts'
import { isBatch, readBatch } from '../../connectors/mcp/batch/read-batch.ts'
import { newExchange } from '../../connectors/mcp/exchange/new-exchange.ts'
import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'
import { SseAnswer } from '../../connectors/mcp/legacy-sse/sse-answer.ts'
import { sseSessionOf } from '../../connectors/mcp/legacy-sse/sse-streams.ts'
import { isEndless, isInitialize, isListen, type McpCall } from '../../connectors/mcp/message/call.ts'
import { requestLimits } from '../../connectors/mcp/message/decoding.ts'
import {
  checkHandshakeVersion,
  isStatelessVersion,
  STATELESS_VERSIONS,
} from '../../connectors/mcp/message/protocol-versions.ts'
import { type Arrival, readCall, sessionEndCall, streamCall } from '../../connectors/mcp/message/read-call.ts'
import { upstreamEventId } from '../../connectors/mcp/session/event-ids.ts'
import type { Session } from '../../connectors/mcp/session/session.ts'
import type { CallerRules } from '../../domain/callers.ts'
import { EventUnknown, SessionUnknown } from '../../domain/faults.ts'
import { decide } from '../../governing/decide.ts'
import { govern } from '../../governing/govern.ts'
import { TooManyCalls } from '../../governing/limits/errors.ts'
import type { MemoryShare } from '../../governing/limits/memory.ts'
import { OwnerUnreachable } from '../../reaching/relay/errors.ts'
import { type Admission, admit } from '../server/admit.ts'
import { CallersAtOnce } from '../server/callers-at-once.ts'
import { MethodNotAllowed } from '../server/errors.ts'
import { sendProblem } from '../server/problem.ts'
import { readBody } from '../server/read-body.ts'
import { untilExpiry } from '../server/until-expiry.ts'
import { HttpAnswer } from './http-answer.ts'
import { mirroredFieldsOf, versionHeaderOf } from './mirrored-fields.ts'
import { refuseUnread } from './refuse-unread.ts'

declare module 'fastify' {
  interface FastifyRequest {
    admission: Admission | null
    /** What the request and its answer have in memory until the answer is read. */
    memory: MemoryShare | null
  }
}

const PATH = '/mcp/:upstream'
const MESSAGES = `${PATH}/messages`

/** Streamable HTTP: POST a message and, up to MCP 2025-11-25, GET the server's stream and DELETE the session. */
export function mcpRoutes(server: FastifyInstance, parts: ProxyParts, rules: CallerRules): void {
  const { config } = parts

  server.decorateRequest('admission', null)
  server.removeAllContentTypeParsers()
  server.decorateRequest('memory', null)
  server.addContentTypeParser('*', (request, payload, done) =>
    readBody(payload, config.limits, memoryOf(request), done),
  )

  // One agent must not take the memory and the sockets of all.
  const callers = new CallersAtOnce(config.limits.callsPerGateway, config.limits.streamsPerGateway)
  // Before the body: who is not known cannot make us read one.
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const admission = admit(request, reply, parts, rules)
    if (admission instanceof Promise) admission.then(letIn).catch(done)
    else letIn(admission)

    function letIn(admitted: Admission | undefined): void {
      // Who hung up while a token was verified leaves nothing to be counted, nor an end to the count.
      if (admitted === undefined || reply.raw.destroyed) return
      request.admission = admitted
      request.memory = parts.memory.share(admitted.gateway.id)
      reply.raw.once('close', () => request.memory?.release())
      done(callers.admit(request.method === 'GET' ? 'stream' : 'call', admitted.gateway.id, reply.raw))
    }
  }
  const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    refuseUnread(parts, error, request, reply)

  // After the body, which goes along as it came: the owner reads it as strictly as its own.
  const preHandler = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const owner = sessionOf(request, parts)?.owner ?? null
    if (!parts.relay.belongsElsewhere(owner, request)) {
      done()
      return
    }
    parts.relay.pass(owner, request, reply).catch((cause: Error) => {
      // What was never sent was not carried out: where the session can be opened again, that is done here.
      const opens = sessionOf(request, parts)?.initialize != null
      done(cause instanceof OwnerUnreachable && cause.neverSent && opens ? undefined : cause)
    })
  }
  const route = { onRequest, preHandler, errorHandler }
  const readMessage = (request: FastifyRequest, arrival: Arrival): McpCall => {
    checkContentHeaders(request)
    return readCall(arrival, bodyOf(request), requestLimits(config))
  }

  server.post(PATH, { ...route, bodyLimit: config.limits.bodyBytes }, (request, reply) => {
    const arrival = arrivalOf(request, parts)
    if (isBatch(arrival, bodyOf(request))) return takeBatch(parts, request, reply, arrival)
    const call = readMessage(request, arrival)
    const full = isListen(call) ? callers.becomesStream(call.gateway.id, reply.raw) : undefined
    if (full !== undefined) throw full
    const owner = parts.tasks.named(call)?.ref?.owner ?? null
    if (!parts.relay.belongsElsewhere(owner, request)) return take(parts, request, reply, call)
    // An owner that is gone has taken the task along; what is known of its approval is told from here.
    return parts.relay.pass(owner, request, reply).then(
      () => reply,
      () => take(parts, request, reply, call),
    )
  })
  // HTTP with SSE (MCP 2024-11-05): what a client with such a stream has to say.
  server.post(MESSAGES, { ...route, bodyLimit: config.limits.bodyBytes }, (request, reply) => {
    const { stream, session } = sseSessionOf(parts, sessionOf(request, parts))
    if (stream.size >= config.limits.callsPerGateway) throw new TooManyCalls(config.limits.callsPerGateway)
    const call = readMessage(request, { ...arrivalOf(request, parts), session })
    if (isInitialize(call)) stream.client = call.client
    return take(parts, request, reply, call, {
      accept: 'text/event-stream',
      answerOn: (response) => new SseAnswer(response, stream),
    })
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

/** How the agent gets its answer: what it takes, and on what. */
interface AnsweredHow {
  readonly accept: string | undefined
  readonly answerOn: (response: ServerResponse) => Answer
}

/** From here on the exchange owns the connection; Fastify is left out of it. Throws ProtocolVersionUnsupported, EventUnknown. */
function take(
  parts: ProxyParts,
  request: FastifyRequest,
  reply: FastifyReply,
  call: McpCall,
  how: AnsweredHow = {
    accept: request.headers.accept,
    answerOn: (response) => new HttpAnswer(response, parts.keepAlives, memoryOf(request), call.requestBytes),
  },
): FastifyReply {
  const { 'last-event-id': lastEventId, traceparent } = request.headers
  const mirrored = mirroredFieldsOf(request)
  checkRevision(call, mirrored.version)
  const resumed = resumedAfter(parts, call, single(lastEventId))
  reply.hijack()
  if (isEndless(call)) untilExpiry(reply.raw, admissionOf(request).expiresAt, parts.clock())
  const exchange = newExchange(parts, call, how.answerOn(reply.raw), {
    protocolVersion: mirrored.version,
    mirrored,
    accept: how.accept,
    lastEventId: resumed,
    traceparent: single(traceparent),
  })
  govern(parts, exchange, decide(parts, exchange, mirrored)).catch((error: unknown) => {
    parts.logger.error({ actionId: call.actionId, error }, 'an exchange failed')
    reply.raw.destroy()
  })
  return reply
}

/** The same for a batch, where the session's revision has them. */
function takeBatch(
  parts: ProxyParts,
  request: FastifyRequest,
  reply: FastifyReply,
  arrival: Arrival,
): FastifyReply {
  checkContentHeaders(request)
  const body = bodyOf(request)
  const calls = readBatch(arrival, body, requestLimits(parts.config), parts.config.json.batch)
  const { accept, traceparent } = request.headers
  const mirrored = mirroredFieldsOf(request)
  reply.hijack()
  const answer = new HttpAnswer(reply.raw, parts.keepAlives, memoryOf(request), body.length)
  governBatch(parts, calls, answer, {
    protocolVersion: mirrored.version,
    mirrored,
    accept,
    lastEventId: undefined,
    traceparent: single(traceparent),
  }).catch((error: unknown) => {
    parts.logger.error({ error }, 'a batch failed')
    reply.raw.destroy()
  })
  return reply
}

function checkContentHeaders({ headers }: FastifyRequest): void {
  checkContentType(headers['content-type'])
  checkContentEncoding(headers['content-encoding'])
}

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** The upstream's id of the event after which the client goes on. Throws EventUnknown. */
function resumedAfter(parts: ProxyParts, call: McpCall, told: string | undefined): string | undefined {
  if (call.kind !== 'stream' || told === undefined || told === '') return undefined
  const id = upstreamEventId(parts, call, told)
  // Where there are no sessions there is nobody whose stream it could be: one is begun anew.
  if (id === undefined && call.session !== null) throw new EventUnknown()
  return id ?? undefined
}

/** Throws SessionUnknown. */
function arrivalOf(request: FastifyRequest, parts: ProxyParts): Arrival {
  const { gateway, upstream, own, arrivedAt } = admissionOf(request)
  const session = sessionOf(request, parts)
  const versionHeader = versionHeaderOf(request)
  return { actionId: newId(), gateway, upstream, own, arrivedAt, session, versionHeader }
}

function admissionOf({ admission }: FastifyRequest): Admission {
  if (admission === null) throw new Error('the request was not admitted')
  return admission
}

function memoryOf({ memory }: FastifyRequest): MemoryShare {
  if (memory === null) throw new Error('the request was not admitted')
  return memory
}

/** What a header alone shows to be wrong. Throws MethodNotAllowed and ProtocolVersionUnsupported. */
function checkRevision(call: McpCall, version: string | null): void {
  const bodiless = call.kind === 'stream' || call.kind === 'session_end'
  if (bodiless && version !== null && STATELESS_VERSIONS.includes(version)) throw new MethodNotAllowed()
  if (bodiless || (call.era === 'handshake' && !isInitialize(call))) checkHandshakeVersion(version)
}

/** A stateless message has no session, whatever its headers say. Throws SessionUnknown. */
function sessionOf(request: FastifyRequest, { seal, sessions }: ProxyParts): Session | null {
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

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
