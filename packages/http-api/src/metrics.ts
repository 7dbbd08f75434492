import {
  type HealthCheck,
  LOG_LOST_METRIC,
  type Logger,
  PASSED_OVER_METRIC,
  passedOver,
  readHealth,
} from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { ApiPlugin } from './api-plugin.ts'

/** A registry with the process's own figures, for `createApiServer` and for a service to add its own. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** What each part passed over in the log, read from its health whenever the figures are. */
export function countPassedOver(registry: Registry, checks: Readonly<Record<string, HealthCheck>>): void {
  new Counter({
    ...PASSED_OVER_METRIC,
    labelNames: ['part'] as const,
    registers: [registry],
    async collect() {
      const counts = passedOver(await readHealth(checks))
      this.reset()
      for (const [part, count] of counts) this.inc({ part }, count)
    },
  })
}

/** What did not get into the log of this process. */
export function countLogLost(registry: Registry, logger: Logger): void {
  new Counter({
    ...LOG_LOST_METRIC,
    labelNames: ['reason'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [reason, count] of Object.entries(logger.lost?.() ?? {})) this.inc({ reason }, count)
    },
  })
}

/** GET /metrics in Prometheus' text format, and the duration of every request by route. */
export function serveMetrics(server: FastifyInstance, registry: Registry): void {
  const durations = new Histogram({
    name: 'sallyport_api_request_seconds',
    help: 'Duration of API requests',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched'
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  void server.register(metricsRoute(registry))
}

function metricsRoute(registry: Registry): ApiPlugin {
  return async (server) => {
    server.get(
      '/metrics',
      { config: { public: true }, schema: { summary: 'Figures for Prometheus', tags: ['status'] } },
      async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
}
