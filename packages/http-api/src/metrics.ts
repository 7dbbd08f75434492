import {
  type HealthCheck,
  type HealthMetric,
  healthMetrics,
  LOG_LOST_METRIC,
  type Logger,
  readHealth,
} from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ApiPlugin } from './api-plugin.ts'

/** A registry with the process's own figures, for `createApiServer` and for a service to add its own. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** The figures in the health of the parts, read once for each scrape. */
export function countHealth(registry: Registry, checks: Readonly<Record<string, HealthCheck>>): void {
  let read: Promise<Map<string, HealthMetric>> | undefined
  const now = async () =>
    new Map(healthMetrics(await readHealth(checks)).map((metric) => [metric.name, metric]))
  for (const { name, help, type } of healthMetrics({})) {
    const figure = {
      name,
      help,
      labelNames: ['part'] as const,
      registers: [registry],
      async collect(this: Counter<'part'> | Gauge<'part'>) {
        read ??= now().finally(() => {
          read = undefined
        })
        const { values = [] } = (await read).get(name) ?? {}
        this.reset()
        for (const [part, value] of values) this.inc({ part }, value)
      },
    }
    if (type === 'counter') new Counter(figure)
    else new Gauge(figure)
  }
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
