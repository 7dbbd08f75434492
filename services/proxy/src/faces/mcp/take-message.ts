import type { ServerResponse } from 'node:http'
import { checkContentEncoding, checkContentType, type DecodeOptions } from '@sallyport/jsonrpc'
import type { Logger } from '@sallyport/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../../connectors/mcp/answers/answer.ts'
import { readBatch } from '../../connectors/mcp/batch/read-batch.ts'
import type { McpWay } from '../../connectors/mcp/mcp-way.ts'
import { isEndless, isInitialize, type McpCall } from '../../connectors/mcp/message/call.ts'
import { checkHandshakeVersion, STATELESS_VERSIONS } from '../../connectors/mcp/message/protocol-versions.ts'
import type { Arrival } from '../../connectors/mcp/message/read-call.ts'
import type { WithIds } from '../../connectors/mcp/rewrite/bound-ids.ts'
import { upstreamEventId } from '../../connectors/mcp/session/event-ids.ts'
import { EventUnknown } from '../../domain/faults.ts'
import { MethodNotAllowed } from '../server/errors.ts'
import { endsInSlash } from '../server/last-slash.ts'
import { admissionOf, memoryOf } from '../server/let-in.ts'
import type { StreamKeepAlives } from '../server/stream-keep-alives.ts'
import { untilExpiry } from '../server/until-expiry.ts'
import { HttpAnswer } from './http-answer.ts'
import { mirroredFieldsOf } from './mirrored-fields.ts'
import { single } from './session-of.ts'

/** The parts that taking a message in needs. */
export interface Taking extends WithIds {
  readonly way: McpWay
  readonly keepAlives: StreamKeepAlives
  readonly requestLimits: DecodeOptions
  /** Most messages of a batch. */
  readonly batchMax: number
  readonly clock: () => Date
  readonly logger: Logger
}

/** How the agent gets its answer: the formats it accepts, and the response that carries it. */
export interface AnsweredHow {
  readonly accept: string | undefined
  readonly answerOn: (response: ServerResponse) => Answer
}

/** From here on the exchange owns the connection; Fastify is left out of it. Throws ProtocolVersionUnsupported, EventUnknown. */
export function takeMessage(
  taking: Taking,
  request: FastifyRequest,
  reply: FastifyReply,
  call: McpCall,
  how: AnsweredHow = {
    accept: request.headers.accept,
    answerOn: (response) => new HttpAnswer(response, taking.keepAlives, memoryOf(request), call.requestBytes),
  },
): FastifyReply {
  const { 'last-event-id': lastEventId, traceparent } = request.headers
  const mirrored = mirroredFieldsOf(request)
  checkRevision(call, mirrored.version)
  const resumed = resumedAfter(taking, call, single(lastEventId))
  reply.hijack()
  if (isEndless(call)) untilExpiry(reply.raw, admissionOf(request).expiresAt, taking.clock())
  const passed = {
    protocolVersion: mirrored.version,
    mirrored,
    accept: how.accept,
    lastEventId: resumed,
    traceparent: single(traceparent),
    folder: endsInSlash(request.originalUrl),
  }
  taking.way.take(call, how.answerOn(reply.raw), passed).catch((error: unknown) => {
    taking.logger.error({ actionId: call.actionId, error }, 'an exchange failed')
    reply.raw.destroy()
  })
  return reply
}

/** The same for a batch, where the session's revision has them. */
export function takeBatch(
  taking: Taking,
  request: FastifyRequest,
  reply: FastifyReply,
  arrival: Arrival,
): FastifyReply {
  checkContentHeaders(request)
  const body = bodyOf(request)
  const calls = readBatch(arrival, body, taking.requestLimits, taking.batchMax)
  const { accept, traceparent } = request.headers
  const mirrored = mirroredFieldsOf(request)
  reply.hijack()
  const answer = new HttpAnswer(reply.raw, taking.keepAlives, memoryOf(request), body.length)
  const passed = {
    protocolVersion: mirrored.version,
    mirrored,
    accept,
    lastEventId: undefined,
    traceparent: single(traceparent),
  }
  taking.way.takeBatch(calls, answer, passed).catch((error: unknown) => {
    taking.logger.error({ error }, 'a batch failed')
    reply.raw.destroy()
  })
  return reply
}

export function checkContentHeaders({ headers }: FastifyRequest): void {
  checkContentType(headers['content-type'])
  checkContentEncoding(headers['content-encoding'])
}

export function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** The upstream's id of the event after which the client goes on. Throws EventUnknown. */
function resumedAfter(ids: WithIds, call: McpCall, told: string | undefined): string | undefined {
  if (call.kind !== 'stream' || told === undefined || told === '') return undefined
  const id = upstreamEventId(ids, call, told)
  // Without sessions the stream belongs to nobody, so a new one begins.
  if (id === undefined && call.session !== null) throw new EventUnknown()
  return id ?? undefined
}

/** Faults that a header alone shows. Throws MethodNotAllowed and ProtocolVersionUnsupported. */
function checkRevision(call: McpCall, version: string | null): void {
  const bodiless = call.kind === 'stream' || call.kind === 'session_end'
  if (bodiless && version !== null && STATELESS_VERSIONS.includes(version)) throw new MethodNotAllowed()
  if (bodiless || (call.era === 'handshake' && !isInitialize(call))) checkHandshakeVersion(version)
}
