import type { ServerResponse } from 'node:http'
import { newId, SallyportError } from '@sallyport/runtime'
import type { FastifyRequest } from 'fastify'
import { refusalProblem } from '../../connectors/http/answers/refusals.ts'
import { readBody } from '../../connectors/http/body/read-body.ts'
import { RequestBody } from '../../connectors/http/body/request-body.ts'
import type { HttpCall } from '../../connectors/http/message/http-call.ts'
import {
  type Arrival,
  announcedBody,
  type RawHead,
  readHead,
  unreadCall,
} from '../../connectors/http/message/read-request.ts'
import { recordRefusal } from '../../governing/record/record-refusal.ts'
import type { Admission } from '../server/admit.ts'
import { untilExpiry } from '../server/until-expiry.ts'
import type { Connections, HttpFace } from './http-face.ts'
import { httpTarget } from './http-target.ts'
import { ServerReply } from './server-reply.ts'

/** One request that was let in: read as far as it is judged, and governed. */
export async function takeRequest(
  face: HttpFace,
  { upgrades, expectations }: Connections,
  request: FastifyRequest,
  response: ServerResponse,
  admitted: Admission,
): Promise<void> {
  const { callers, limits, jsonLimits, idleMs, recording } = face
  const { gateway, upstream, agentAuthorization, arrivedAt, expiresAt } = admitted
  const upgrade = upgrades.get(request.raw)
  const connection = upgrade?.socket ?? response
  const answer = new ServerReply({
    request: request.raw,
    response,
    upgrade,
    becomesStream: () => {
      untilExpiry(connection, expiresAt, recording.clock())
      return callers.becomesStream(gateway.id, connection) === undefined
    },
  })
  const arrival: Arrival = { actionId: newId(), gateway, upstream, agentAuthorization, arrivedAt }
  const head = headOf(request, upgrade !== undefined)
  const begin = () => expectations.meet(request.raw, response)
  const rules = { keepBytes: limits.bodyBytes, keepMs: limits.requestMs, idleMs }
  let call: HttpCall
  let body: RequestBody | null = null
  try {
    const full = callers.admit('call', gateway.id, connection)
    if (full !== undefined) throw full
    const memory = face.memory.share(gateway.id)
    connection.once('close', () => memory.release())
    call = readHead(arrival, head)
    const announced = announcedBody(head, call)
    if (announced !== null) {
      body = new RequestBody(request.raw, rules, memory, begin)
      call = await readBody(call, announced, body, { ...jsonLimits, maxBytes: limits.bodyBytes }, face.large)
    }
  } catch (error) {
    // An agent that hung up while it sent its body has asked for nothing.
    if (answer.gone) return
    if (!(error instanceof SallyportError)) throw error
    const unread = unreadCall(arrival, head)
    await recordRefusal(recording, error, unread)
    const { status, fields, text } = refusalProblem(error, unread)
    answer.whole(status, fields, text)
    return
  }
  await face.way.take(call, answer, body).catch((error: unknown) => {
    // The same where its body was kept because it has to wait.
    if (!answer.gone) throw error
  })
}

function headOf(request: FastifyRequest, upgrading: boolean): RawHead {
  const { method = '', httpVersion, rawHeaders } = request.raw
  const target = httpTarget(request.originalUrl)
  return {
    method,
    httpVersion,
    rawHeaders,
    upgrading,
    path: target?.path ?? '',
    query: target?.query ?? null,
  }
}
