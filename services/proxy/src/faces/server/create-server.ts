import { type HealthCheck, readHealth, worstStatus } from '@sallyport/runtime'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'
import { hostAdmitted, isLoopback } from '../../domain/callers.ts'
import type { RelayedIdentities } from '../../reaching/relay/relayed-identity.ts'
import { metadataRoutes } from '../authorization/metadata-routes.ts'
import { mcpRoutes } from '../mcp/mcp-routes.ts'
import { shouldUpgrade, stdioRoute } from '../wrapper/stdio-route.ts'
import { acceptRelayed } from './accept-relayed.ts'
import { HostRefused, UpstreamUnknown } from './errors.ts'
import { passedOverText } from './passed-over-text.ts'
import { sendProblem } from './problem.ts'
import { refuseUnparsed } from './refuse-unparsed.ts'

/** The proxy's one port: MCP under /mcp, and what operators read. */
export function createServer(
  parts: ProxyParts,
  identities: RelayedIdentities,
  health: Readonly<Record<string, HealthCheck>>,
): FastifyInstance {
  const server = Fastify({
    logger: false,
    // A HEAD would open a stream upstream.
    exposeHeadRoutes: false,
    bodyLimit: parts.config.limits.bodyBytes,
    // A body that comes too slowly is refused by ours, and recorded; this one is behind it.
    requestTimeout: 2 * parts.config.limits.requestMs,
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => refuseUnparsed(parts, error, socket),
    http: {
      headersTimeout: parts.config.limits.requestMs,
      connectionsCheckingInterval: Math.min(5000, parts.config.limits.requestMs),
      // It is refused where every other Host is.
      requireHostHeader: false,
      shouldUpgradeCallback: shouldUpgrade,
    },
  })
  const { address, hosts, origins } = parts.config.listen
  const rules = { listensOnLoopback: isLoopback(address.host), hosts, origins }
  // Before its body: nobody who is not admitted has one read.
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) void sendProblem(reply, 404, new UpstreamUnknown())
    else done()
  })
  acceptRelayed(server, parts.relay.address, identities)
  mcpRoutes(server, parts, rules)
  metadataRoutes(server, parts, rules)
  stdioRoute(server, parts, rules)

  // Probes of a fleet come by address; on one's own machine only a page whose name was rebound to it has another name.
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (!rules.listensOnLoopback || hostAdmitted(request.headers.host, { ...rules, hosts: [] })) done()
    else void sendProblem(reply, 403, new HostRefused())
  }
  server.get('/healthz', { onRequest }, async (_request, reply) => {
    const read = await readHealth(health)
    const status = worstStatus(Object.values(read))
    return reply.code(status === 'down' ? 503 : 200).send({ status, parts: read })
  })
  server.get('/metrics', { onRequest }, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4')
      .send(parts.counters.text() + passedOverText(await readHealth(health))),
  )
  return server
}
