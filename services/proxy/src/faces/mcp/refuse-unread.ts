import {
  ContentTypeRefused,
  errorResponse,
  type JsonObject,
  NotStrictJson,
  RPC_CODES,
} from '@sallyport/jsonrpc'
import { LimitExceeded, type Logger, newId, SallyportError } from '@sallyport/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OUR_CODES } from '../../connectors/mcp/answers/answers.ts'
import type { McpCall } from '../../connectors/mcp/message/call.ts'
import {
  type Arrival,
  sessionEndCall,
  streamCall,
  unreadableCall,
} from '../../connectors/mcp/message/read-call.ts'
import { denialFacts } from '../../domain/denial-facts.ts'
import { ProtocolVersionUnsupported } from '../../domain/faults.ts'
import { unreadDenial } from '../../domain/verdict.ts'
import type { Recording } from '../../governing/record/record-decision.ts'
import { recordRefusal } from '../../governing/record/record-refusal.ts'
import { RequestUnreadable } from '../server/errors.ts'
import { sendProblem } from '../server/problem.ts'
import { BrokenOff } from '../server/read-body.ts'
import { versionHeaderOf } from './mirrored-fields.ts'

/**
 * Answers what cannot be read as an action, and records that it was refused: attempts to smuggle one past us end
 * here. The record says why and never what was sent.
 */
export async function refuseUnread(
  recording: Recording,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (error instanceof BrokenOff) return reply.hijack()
  const refusal = refusalOf(error)
  if (refusal === undefined || request.admission === null) return sendOther(recording.logger, error, reply)
  const versionHeader = versionHeaderOf(request)
  const arrival = { ...request.admission, actionId: newId(), session: null, versionHeader }
  const call = refusedCall(request, arrival)
  await recordRefusal(recording, refusal, call)
  // RFC 9110 section 15.5.6. Only a message of the era without sessions gets this far.
  if (refusal.code === 'SP_METHOD_NOT_ALLOWED') reply.header('allow', 'POST')
  if (statusOf(refusal) !== 400) reply.header('connection', 'close')
  if (statusOf(refusal) === 429) reply.header('retry-after', '1')
  return reply
    .code(statusOf(refusal))
    .type('application/json')
    .send(errorResponse(null, refusalCode(refusal), refusal.message, unreadFacts(call, refusal)))
}

/** What an agent is told of a message that could not be read. */
export function unreadFacts(call: McpCall, refusal: SallyportError): JsonObject {
  return { ...denialFacts(call, unreadDenial(refusal)) }
}

function refusedCall({ method, body }: FastifyRequest, arrival: Arrival): McpCall {
  if (method === 'GET') return streamCall(arrival)
  if (method === 'DELETE') return sessionEndCall(arrival)
  return unreadableCall(arrival, Buffer.isBuffer(body) ? body.length : 0)
}

function refusalOf(error: unknown): SallyportError | undefined {
  if (error instanceof SallyportError) return error
  return fastifyCode(error) === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ? new ContentTypeRefused() : undefined
}

/** Requests that Fastify itself refuses: a body shorter than it said, a request that came too slowly. */
function sendOther(logger: Logger, error: unknown, reply: FastifyReply): FastifyReply {
  const status = (error as { readonly statusCode?: number }).statusCode ?? 500
  if (status >= 500) logger.error({ error }, 'a request failed')
  return sendProblem(reply, status, new RequestUnreadable({ cause: error }))
}

const STATUSES: Readonly<Record<string, number>> = {
  SP_SESSION_UNKNOWN: 404,
  SP_OWNER_UNREACHABLE: 503,
  SP_CONTENT_TYPE: 415,
  SP_CONTENT_ENCODING: 415,
  SP_JSON_TOO_LARGE: 413,
  SP_BODY_TOO_LARGE: 413,
  SP_METHOD_NOT_ALLOWED: 405,
  SP_BODY_TOO_SLOW: 408,
  SP_TOO_MANY_CALLS: 429,
  SP_TOO_MANY_STREAMS: 429,
  SP_TOO_MANY_BYTES: 429,
}

function statusOf(refusal: SallyportError): number {
  return STATUSES[refusal.code] ?? 400
}

/** The JSON-RPC code that says what kind of refusal it is. */
export function refusalCode(refusal: SallyportError): number {
  if (refusal instanceof NotStrictJson) return RPC_CODES.parseError
  if (refusal instanceof ProtocolVersionUnsupported || refusal.kind === 'not_found') return OUR_CODES.denied
  if (refusal instanceof LimitExceeded) return OUR_CODES.denied
  return RPC_CODES.invalidRequest
}

function fastifyCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown }).code
  return typeof code === 'string' ? code : undefined
}
