import { type HealthCheck, readHealth, worstStatus } from '@sallyport/runtime'
import Fastify, { type FastifyInstance } from 'fastify'
import type { ProxyParts } from '../exchange/parts.ts'
import { mcpRoutes } from './mcp-routes.ts'

/** The proxy's one port: MCP under /mcp, and what operators read. */
export function createServer(
  parts: ProxyParts,
  health: Readonly<Record<string, HealthCheck>>,
): FastifyInstance {
  const server = Fastify({
    logger: false,
    // A HEAD would open a stream upstream.
    exposeHeadRoutes: false,
    bodyLimit: parts.config.limits.bodyBytes,
    requestTimeout: parts.config.limits.requestMs,
    forceCloseConnections: 'idle',
    http: { connectionsCheckingInterval: Math.min(5000, parts.config.limits.requestMs) },
  })
  mcpRoutes(server, parts)

  server.get('/healthz', async (_request, reply) => {
    const read = await readHealth(health)
    const status = worstStatus(Object.values(read))
    return reply.code(status === 'down' ? 503 : 200).send({ status, parts: read })
  })
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(parts.counters.text()),
  )
  return server
}
