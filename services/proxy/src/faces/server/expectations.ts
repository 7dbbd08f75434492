import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

export interface Expectations {
  /** Tells the client to send its body, where it asked first (RFC 9110, section 10.1.1). */
  meet(request: IncomingMessage, response: ServerResponse): void
}

/** Lets whoever handles a request say when its body is wanted; `waits` tells for which requests somebody does. */
export function holdExpectations(
  server: FastifyInstance,
  waits: (request: IncomingMessage) => boolean,
): Expectations {
  const expecting = new WeakSet<IncomingMessage>()
  server.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (waits(request)) expecting.add(request)
    else response.writeContinue()
    server.routing(request, response)
  })
  return {
    meet(request, response) {
      if (!expecting.delete(request) || response.headersSent || response.destroyed) return
      response.writeContinue()
    },
  }
}
