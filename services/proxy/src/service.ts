import { controlHealth } from '@sallyport/control'
import type { Health, HealthCheck, Service } from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { createServer } from './faces/server/create-server.ts'
import { createParts, type ProxyDeps } from './wiring/create-parts.ts'

export type { ProxyDeps } from './wiring/create-parts.ts'

export interface ProxyService extends Service {
  readonly server: FastifyInstance
  readonly health: Readonly<Record<string, HealthCheck>>
}

export function createProxyService(deps: ProxyDeps): ProxyService {
  const { parts, identities } = createParts(deps)
  const { config, control, signals } = deps
  const { recorder, watch, holds, open, upstreams, credentials, tasks, relay, catalog, wrappers } = parts
  const health: Record<string, HealthCheck> = {
    log: () => recorder.health(),
    control: controlHealth(control),
    approvals: () => watch.health(),
    signals: () => healthOf(signals.fault(), 'degraded'),
    ...deps.health,
  }
  const stops: (() => void)[] = []
  const server = createServer(parts, identities, health)
  return {
    server,
    health,
    async start() {
      stops.push(
        parts.remote.listen(parts),
        parts.sessions.listen(),
        control.onChange((state) => {
          holds.controlChanged()
          open.review((inputs) => parts.decision.decideMany(inputs))
          wrappers.review()
          upstreams.keepOnly(state.upstreams.values())
          credentials.keepOnly(state.upstreams.values())
        }),
      )
      const { host, port } = config.listen.address
      await server.listen({ host, port })
    },
    async stop() {
      for (const stop of stops.splice(0)) stop()
      catalog.stop()
      const closed = server.close()
      await within(HOLDS_STOP_MS, holds.stop())
      await open.stop(EXCHANGES_STOP_MS)
      await within(RECORDS_STOP_MS, recorder.settled())
      tasks.stop()
      await wrappers.stop()
      server.server.closeAllConnections()
      await closed
      await relay.stop()
      await upstreams.stop()
    },
  }
}

/** Together they stay under the five seconds that stopping may take. */
const HOLDS_STOP_MS = 1500
const EXCHANGES_STOP_MS = 1500
const RECORDS_STOP_MS = 1000

async function within(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, ms)
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}

function healthOf(fault: string | undefined, status: 'degraded' | 'down'): Health {
  return fault === undefined ? { status: 'ok' } : { status, reason: fault }
}
