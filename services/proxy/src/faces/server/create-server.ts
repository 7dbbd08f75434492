import type { IncomingMessage } from 'node:http'
import { type HealthCheck, type Logger, readHealth, type Strangers, worstStatus } from '@sallyport/runtime'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type CallerRules, hostAdmitted } from '../../domain/callers.ts'
import { HostRefused, UpstreamUnknown } from './errors.ts'
import { healthText } from './health-text.ts'
import { logLostText } from './log-lost-text.ts'
import { sendProblem } from './problem.ts'
import { refuseUnparsed } from './refuse-unparsed.ts'
import { routeUpgrades, type Upgrades } from './upgrades.ts'

export interface ServerOptions {
  readonly rules: CallerRules
  /** Largest body, and how long a request may take to arrive. */
  readonly limits: { readonly bodyBytes: number; readonly requestMs: number }
  /** Those who have not shown who they are. */
  readonly strangers: Strangers
  readonly logger: Logger
  readonly health: Readonly<Record<string, HealthCheck>>
  /** The figures since the start, as Prometheus reads them. */
  readonly metrics: () => string
  /** Elsewhere an `Upgrade` is ignored: clients offer HTTP/2 that way with ordinary requests (RFC 9113, section 3.1). */
  readonly shouldUpgrade: (request: IncomingMessage) => boolean
  /** The part of a request's target that says which face serves it. */
  readonly routedPath: (target: string) => string
  /** The routes beside those for operators. */
  readonly faces: readonly ((server: FastifyInstance, upgrades: Upgrades) => void)[]
}

/** The proxy's one port: its faces, and what operators read. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { rules, limits, strangers, logger, health, metrics, shouldUpgrade, routedPath, faces } = options
  const server = Fastify({
    logger: false,
    // A HEAD would open a stream upstream.
    exposeHeadRoutes: false,
    bodyLimit: limits.bodyBytes,
    // A body has its own limit where it is read: one that is passed on may take hours.
    requestTimeout: 0,
    rewriteUrl: ({ url }) => routedPath(url ?? ''),
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) => refuseUnparsed(logger, error, socket),
    http: {
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(5000, limits.requestMs),
      // It is refused where every other Host is.
      requireHostHeader: false,
      shouldUpgradeCallback: shouldUpgrade,
    },
  })
  strangers.watch(server.server)
  // Before its body: nobody who is not admitted has one read.
  server.addHook('onRequest', (request, reply, done) => {
    if (request.is404) void sendProblem(reply, 404, new UpstreamUnknown())
    else done()
  })
  const upgrades = routeUpgrades(server)
  for (const face of faces) face(server, upgrades)

  // Probes of a fleet come by address; on one's own machine only a page whose name was rebound to it has another name.
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    if (!rules.listensOnLoopback || hostAdmitted(request.headers.host, { ...rules, hosts: [] })) done()
    else void sendProblem(reply, 403, new HostRefused())
  }
  // No time limit ends a request whose body was answered unread and never comes.
  const onResponse = ({ raw }: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    if (!raw.complete) raw.socket.destroySoon()
    done()
  }
  server.get('/healthz', { onRequest, onResponse }, async (_request, reply) => {
    const read = await readHealth(health)
    const status = worstStatus(Object.values(read))
    return reply.code(status === 'down' ? 503 : 200).send({ status, parts: read })
  })
  let stopping = false
  server.addHook('preClose', async () => {
    stopping = true
  })
  server.get('/readyz', { onRequest, onResponse }, async (_request, reply) => {
    const status = stopping ? 'down' : worstStatus(Object.values(await readHealth(health)))
    return reply.code(status === 'down' ? 503 : 200).send({ status })
  })
  server.get('/metrics', { onRequest, onResponse }, async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4')
      .send(metrics() + healthText(await readHealth(health)) + logLostText(logger)),
  )
  return server
}
