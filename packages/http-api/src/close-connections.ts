import type { FastifyInstance } from 'fastify'

/** How long requests that run may take when the server closes. */
const GRACE_MS = 1000

/**
 * Ends the connections that a close would wait for in vain. To node:http a connection that has not sent anything is
 * not idle, so any client that connects ahead would hold up the end.
 */
export function closeConnectionsOnClose(server: FastifyInstance): void {
  server.addHook('preClose', async () => {
    const timer = setTimeout(() => server.server.closeAllConnections(), GRACE_MS)
    server.server.once('close', () => clearTimeout(timer))
  })
}
