import type { IncomingMessage } from 'node:http'
import { upstreamDigest } from '@sallyport/control'
import { COMMAND_HEADER, commandDigest, SESSION_HEADER, WIRE_PROTOCOL } from '@sallyport/stdio'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { WebSocketServer } from 'ws'
import { TooManyStreams } from '../../governing/limits/errors.ts'
import { Slots } from '../../governing/limits/slots.ts'
import { type Admission, type Admitting, admit } from '../server/admit.ts'
import { CommandOther, NotForWrappers, UpgradeRequired } from '../server/errors.ts'
import { sendProblem } from '../server/problem.ts'
import { untilExpiry } from '../server/until-expiry.ts'
import type { Upgrades } from '../server/upgrades.ts'
import { WrapperConnection, type WrapperNeeds } from './wrapper-connection.ts'
import type { WrapperConnections } from './wrapper-connections.ts'

/** The parts that letting wrappers in needs. */
export interface WrapperFace extends WrapperNeeds {
  readonly admitting: Admitting
  readonly wrappers: WrapperConnections
  readonly limits: {
    readonly bodyBytes: number
    readonly answerBytes: number
    readonly streamsPerGateway: number
  }
}

const PREFIX = '/stdio/'

/** Whether a request that asks for another protocol may get it here. */
export function shouldUpgrade({ url }: Pick<IncomingMessage, 'url'>): boolean {
  return url?.startsWith(PREFIX) ?? false
}

/** Where `sallyport mcp` connects. A request for a WebSocket is let in or refused as any other request is. */
export function stdioRoute(server: FastifyInstance, upgrades: Upgrades, face: WrapperFace): void {
  const { bodyBytes, answerBytes, streamsPerGateway } = face.limits
  const connected = new Slots(streamsPerGateway)
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Thousands of short lines fit into what is read at once, and others want their turn between them.
    allowSynchronousEvents: false,
    // A longer line is refused by what reads it, which says so; one byte is the tag.
    maxPayload: 2 * Math.max(bodyBytes, answerBytes) + 1,
    handleProtocols: (offered) => (offered.has(WIRE_PROTOCOL) ? WIRE_PROTOCOL : false),
  })

  server.get(`${PREFIX}:upstream`, async (request: FastifyRequest, reply: FastifyReply) => {
    const admission = await admit(request, reply, face.admitting, 'mcp')
    if (admission === undefined) return reply
    const refusal = refusalOf(request, admission, upgrades.has(request.raw))
    const upgrade = upgrades.get(request.raw)
    if (refusal !== undefined || upgrade === undefined) {
      const status = refusal instanceof UpgradeRequired ? 426 : 409
      return sendProblem(reply, status, refusal ?? new UpgradeRequired())
    }
    // The caller may have hung up while a token was verified: then no slot was taken.
    if (upgrade.socket.destroyed) return reply.hijack()
    const { id } = admission.gateway
    if (!connected.take(id)) return sendProblem(reply, 429, new TooManyStreams(connected.max))
    upgrade.socket.once('close', () => connected.free(id))
    untilExpiry(upgrade.socket, admission.expiresAt, face.recording.clock())
    reply.hijack()
    reply.raw.detachSocket(upgrade.socket)
    sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.firstBytes, (socket) => {
      const resumed = resumedSession(request, admission, face)
      const left = (connection: WrapperConnection) => face.wrappers.delete(connection)
      face.wrappers.add(new WrapperConnection(face, admission, socket, resumed, left))
    })
    return reply
  })
}

function refusalOf({ headers }: FastifyRequest, { upstream }: Admission, upgrading: boolean) {
  const protocols = headers['sec-websocket-protocol']?.split(',').map((protocol) => protocol.trim())
  if (!upgrading || !protocols?.includes(WIRE_PROTOCOL)) return new UpgradeRequired()
  const { target } = upstream
  if (target.kind !== 'attached') return new NotForWrappers()
  return headers[COMMAND_HEADER] === commandDigest(target.command) ? undefined : new CommandOther()
}

/** The wrapper lost a connection, here or to another proxy: its server still has the session. */
function resumedSession(
  { headers }: FastifyRequest,
  { gateway, upstream }: Admission,
  { seal }: WrapperFace,
) {
  const sealed = headers[SESSION_HEADER]
  if (typeof sealed !== 'string') return undefined
  return seal.open(sealed, {
    gatewayId: gateway.id,
    upstream: upstream.name,
    upstreamDigest: upstreamDigest(upstream),
  })
}
