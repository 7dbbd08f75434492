import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** The socket and the first bytes that Node gives with a request for another protocol. */
export interface Upgrade {
  readonly socket: Socket
  /** The bytes that the client has sent on it already. */
  readonly firstBytes: Buffer
}

export type Upgrades = Pick<WeakMap<IncomingMessage, Upgrade>, 'get' | 'has'>

/** Lets a request for another protocol be routed, let in or refused as any other request is. */
export function routeUpgrades(server: FastifyInstance): Upgrades {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>()
  server.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node does not look after it any more: a caller who resets it would end the process.
    socket.on('error', () => {})
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    // Both halves: a refused client could keep its half open for ever.
    response.once('finish', () => socket.destroySoon())
    upgrades.set(request, { socket, firstBytes: head })
    server.routing(request, response)
  })
  return upgrades
}
