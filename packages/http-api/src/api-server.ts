import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { type HealthCheck, type Logger, messageOf, type StrangerLimits, Strangers } from '@sallyport/runtime'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import type { Registry } from 'prom-client'
import { type AllowedHosts, allowOnlyHosts } from './allowed-hosts.ts'
import type { ApiPlugin } from './api-plugin.ts'
import { authenticateRequests } from './authenticate.ts'
import { closeConnectionsOnClose } from './close-connections.ts'
import { consolePages } from './console-pages.ts'
import { NotFound } from './errors.ts'
import { FAULT_PAGE_POLICY, faultPage } from './fault-page.ts'
import { replayRepeatedWrites } from './idempotency.ts'
import type { PeerHealth } from './installation-health.ts'
import { readJsonBodies } from './json-body.ts'
import { type GatewayNames, refuseUnknownGateways } from './known-gateway.ts'
import { countHealth, countLogLost, createRegistry, serveMetrics } from './metrics.ts'
import { describeRoutes } from './open-api.ts'
import { asSallyportError, problemOf } from './problem.ts'
import { ROUTE_ROLES, type RouteRoles } from './roles/route-roles.ts'
import { sendSecurityHeaders } from './security-headers.ts'
import { endStreamsOfRevokedTokens, endStreamsOnClose } from './sse.ts'
import { statusRoutes } from './status.ts'
import { validatorCompiler } from './validator.ts'

const BODY_LIMIT = 1_048_576
const REQUEST_TIMEOUT_MS = 30_000
const STRANGERS: StrangerLimits = { max: 1024, withinMs: 30_000 }

export interface ApiServerOptions {
  readonly title: string
  readonly version: string
  readonly control: GatewayNames
  /** The OpenAPI document to serve; without it, one generated from the routes of this server. */
  readonly document?: string
  /** The routes of each service. */
  readonly plugins: readonly ApiPlugin[]
  /** The parts that /healthz and /v1/status report on. */
  readonly health: Readonly<Record<string, HealthCheck>>
  /** Other processes that /v1/status also reports on, and /healthz does not. */
  readonly peers?: Readonly<Record<string, () => Promise<PeerHealth>>>
  /** With this bearer other processes of the installation read the parts at /healthz. */
  readonly healthToken?: string
  /** Which roles reach which route (default: the table of all our routes). */
  readonly roles?: RouteRoles
  readonly clock: () => Date
  readonly logger: Logger
  /** The hosts that requests may name; any where none are given. Give `loopback` when listening on loopback. */
  readonly allowedHosts?: AllowedHosts
  /** How many callers may be connected who have not shown who they are, and how long (default: 1024, 30 s). */
  readonly strangers?: StrangerLimits
  /** Where the figures of /metrics are kept; a new one where none is given. */
  readonly registry?: Registry
}

export type ApiServer = FastifyInstance

/**
 * An HTTP API that does not listen yet (`ready`, `listen` and `inject` reject when a route is not well formed): bearer tokens and roles, problem+json, idempotent writes,
 * /healthz, /v1/status, /metrics, /openapi.json, /docs and /console around the routes of `plugins`.
 */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { title, version, control, plugins, health, clock, logger, roles = ROUTE_ROLES } = options
  const server = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 256 },
  }).withTypeProvider<TypeBoxTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setErrorHandler((thrown, request, reply) => {
    // The caller hung up before its body had come: there is nobody to be answered.
    if (request.raw.destroyed && !request.raw.complete) return reply.hijack()
    const error = asSallyportError(thrown)
    if (error.kind === 'internal') {
      const { method, routeOptions } = request
      logger.error(
        { method, route: routeOptions.url, cause: messageOf(error.cause ?? error) },
        'a request failed',
      )
    }
    const ways = request.routeOptions.config.faultPage
    if (ways === undefined) return sendProblem(reply, error)
    if (error.kind !== 'internal' && error.cause !== undefined)
      logger.warn({ code: error.code, cause: messageOf(error.cause) }, 'a person was told of a fault')
    const problem = problemOf(error)
    return reply
      .code(problem.status)
      .header('content-security-policy', FAULT_PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(faultPage(problem, ways))
  })
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, new NotFound()))

  sendSecurityHeaders(server)
  if (options.allowedHosts) allowOnlyHosts(server, options.allowedHosts)
  readJsonBodies(server)
  endStreamsOnClose(server)
  closeConnectionsOnClose(server)
  describeRoutes(server, {
    title,
    version,
    roles,
    ...(options.document === undefined ? {} : { document: options.document }),
  })
  const registry = options.registry ?? createRegistry()
  countHealth(registry, health)
  countLogLost(registry, logger)
  serveMetrics(server, registry)
  const strangers = new Strangers(options.strangers ?? STRANGERS, logger)
  strangers.watch(server.server)
  authenticateRequests(server, { control, strangers, roles, clock })
  refuseUnknownGateways(server, control)
  endStreamsOfRevokedTokens(server, control)
  replayRepeatedWrites(server, clock)
  void server.register(
    statusRoutes({
      checks: health,
      peers: options.peers ?? {},
      control,
      healthToken: options.healthToken,
      clock,
    }),
  )
  void server.register(consolePages())
  for (const plugin of plugins) void server.register(plugin)
  return server
}

function sendProblem(reply: FastifyReply, error: Parameters<typeof problemOf>[0]): FastifyReply {
  const problem = problemOf(error)
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}
