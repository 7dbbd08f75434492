import type { FastifyInstance } from 'fastify'

/** How long requests that run may take when the server closes. */
const GRACE_MS = 1000

/**
 * Ends the connections that a close would wait for in vain: one that was opened and has not sent anything does not
 * count as idle to node:http, so any client that connects ahead would hold up the end.
 */
export function closeConnectionsOnClose(server: FastifyInstance): void {
  server.addHook('preClose', async () => {
    const timer = setTimeout(() => server.server.closeAllConnections(), GRACE_MS)
    server.server.once('close', () => clearTimeout(timer))
  })
}
