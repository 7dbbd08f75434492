import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** What Node gives with a request for another protocol. */
export interface Upgrade {
  readonly socket: Socket
  /** What the client has sent on it already. */
  readonly head: Buffer
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
    // Not only its own half: whoever was refused could keep the other one open for ever.
    response.once('finish', () => socket.destroySoon())
    upgrades.set(request, { socket, head })
    server.routing(request, response)
  })
  return upgrades
}
