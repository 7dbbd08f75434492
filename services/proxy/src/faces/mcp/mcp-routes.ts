import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isBatch } from '../../connectors/mcp/batch/read-batch.ts'
import { SseAnswer } from '../../connectors/mcp/legacy-sse/sse-answer.ts'
import { type SseStreams, sseSessionOf } from '../../connectors/mcp/legacy-sse/sse-streams.ts'
import { isInitialize, isListen, type McpCall } from '../../connectors/mcp/message/call.ts'
import { type Arrival, readCall, sessionEndCall, streamCall } from '../../connectors/mcp/message/read-call.ts'
import type { Tasks } from '../../connectors/mcp/tasks/tasks.ts'
import { TooManyCalls } from '../../governing/limits/errors.ts'
import type { Recording } from '../../governing/record/record-decision.ts'
import { OwnerUnreachable } from '../../reaching/relay/errors.ts'
import type { Relay } from '../../reaching/relay/relay.ts'
import { MethodNotAllowed } from '../server/errors.ts'
import { admissionOf, type LettingIn, letIn, memoryOf } from '../server/let-in.ts'
import { sendProblem } from '../server/problem.ts'
import { readBody } from '../server/read-body.ts'
import { refuseUnread } from './refuse-unread.ts'
import { arrivalOf, type KnownSessions, MESSAGES, PATH, sessionOf } from './session-of.ts'
import { bodyOf, checkContentHeaders, type Taking, takeBatch, takeMessage } from './take-message.ts'

/** The parts that serving MCP over HTTP needs. */
export interface McpFace extends LettingIn, KnownSessions, Taking {
  readonly limits: {
    readonly bodyBytes: number
    readonly requestMs: number
    readonly callsPerGateway: number
  }
  readonly relay: Relay
  readonly tasks: Tasks
  readonly sseStreams: SseStreams
  readonly recording: Recording
}

type Done = (error?: Error) => void

/** Streamable HTTP: POST a message and, up to MCP 2025-11-25, GET the server's stream and DELETE the session. */
export function mcpRoutes(server: FastifyInstance, face: McpFace): void {
  const { limits, relay, callers, tasks } = face
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (request, payload, done) =>
    readBody(payload, limits, memoryOf(request), (error, body) =>
      face.large.begin(admissionOf(request).gateway.id, body?.length ?? 0, () => done(error, body)),
    ),
  )

  const onRequest = letIn(face, 'mcp')
  const errorHandler = (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    refuseUnread(face.recording, error, request, reply)
  const preHandler = (request: FastifyRequest, reply: FastifyReply, done: Done) =>
    passToOwner(face, request, reply, done)
  const route = { onRequest, preHandler, errorHandler }
  const readMessage = (request: FastifyRequest, arrival: Arrival): McpCall => {
    checkContentHeaders(request)
    return readCall(arrival, bodyOf(request), face.requestLimits)
  }

  server.post(PATH, { ...route, bodyLimit: limits.bodyBytes }, (request, reply) => {
    const arrival = arrivalOf(request, face)
    if (isBatch(arrival, bodyOf(request))) return takeBatch(face, request, reply, arrival)
    const call = readMessage(request, arrival)
    const full = isListen(call) ? callers.becomesStream(call.gateway.id, reply.raw) : undefined
    if (full !== undefined) throw full
    const owner = tasks.named(call)?.ref?.owner ?? null
    if (!relay.belongsElsewhere(owner, request)) return takeMessage(face, request, reply, call)
    // The task was lost with its owner. The state of its approval is answered from here.
    return relay.pass(owner, request, reply, admissionOf(request).agentAuthorization?.headers ?? []).then(
      () => reply,
      () => takeMessage(face, request, reply, call),
    )
  })
  server.post(MESSAGES, { ...route, bodyLimit: limits.bodyBytes }, (request, reply) => {
    const { stream, session } = sseSessionOf(face, sessionOf(request, face))
    if (stream.size >= limits.callsPerGateway) throw new TooManyCalls(limits.callsPerGateway)
    const call = readMessage(request, { ...arrivalOf(request, face), session })
    if (isInitialize(call)) stream.client = call.client
    return takeMessage(face, request, reply, call, {
      accept: 'text/event-stream',
      answerOn: (response) => new SseAnswer(response, stream),
    })
  })
  server.get(PATH, route, (request, reply) =>
    takeMessage(face, request, reply, streamCall(arrivalOf(request, face))),
  )
  server.delete(PATH, route, (request, reply) =>
    takeMessage(face, request, reply, sessionEndCall(arrivalOf(request, face))),
  )
  server.route({
    method: ['HEAD', 'OPTIONS', 'PATCH', 'PUT'],
    url: PATH,
    onRequest: [onRequest, refuseMethod],
    handler: refuseMethod,
  })
}

/** After the body, which goes along as it came: the owner reads it as strictly as its own. */
function passToOwner(face: McpFace, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const owner = sessionOf(request, face)?.owner ?? null
  if (!face.relay.belongsElsewhere(owner, request)) {
    done()
    return
  }
  face.relay
    .pass(owner, request, reply, admissionOf(request).agentAuthorization?.headers ?? [])
    .catch((cause: Error) => {
      // A call that was never sent was not carried out. A session that can be opened again is opened here.
      const opens = sessionOf(request, face)?.initialize != null
      done(cause instanceof OwnerUnreachable && cause.neverSent && opens ? undefined : cause)
    })
}

/** 405 and not 404: a client that got a 404 would take its session for lost (MCP 2025-11-25, Session Management). */
function refuseMethod(_request: FastifyRequest, reply: FastifyReply): void {
  reply.header('allow', 'GET, POST, DELETE')
  void sendProblem(reply, 405, new MethodNotAllowed())
}
