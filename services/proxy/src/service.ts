import { controlHealth, type Upstream } from '@sallyport/control'
import type { ApiPlugin } from '@sallyport/http-api'
import type { Health, HealthCheck, Service } from '@sallyport/runtime'
import type { FastifyInstance } from 'fastify'
import { probeHttp } from './connectors/http/probe-http.ts'
import { probeMcp } from './connectors/mcp/probe/probe-mcp.ts'
import { probeRoutes } from './faces/operators/probe-routes.ts'
import { WrapperConnections } from './faces/wrapper/wrapper-connections.ts'
import { Memory } from './governing/limits/memory.ts'
import { createFaces } from './wiring/create-faces.ts'
import { createGoverning } from './wiring/create-governing.ts'
import { createHttp } from './wiring/create-http.ts'
import { createMcp } from './wiring/create-mcp.ts'
import { createReach } from './wiring/create-reach.ts'
import { createRecording } from './wiring/create-recording.ts'
import { answerLimits } from './wiring/limits-of.ts'
import type { ProxyDeps } from './wiring/proxy-deps.ts'

export type { ProxyDeps } from './wiring/proxy-deps.ts'

export interface ProxyService extends Service {
  /**
   * Answers on its address from then on; calls are denied until `start`, which does this too, and which wants the control
   * state to be current.
   */
  listen(): Promise<void>
  readonly server: FastifyInstance
  /** What operators ask of a proxy, for an API server. */
  readonly routes: ApiPlugin
  readonly health: Readonly<Record<string, HealthCheck>>
}

/** The floors from below: reaching, governing, connectors, faces. */
export function createProxyService(deps: ProxyDeps): ProxyService {
  const { config, control, signals, decision } = deps
  const recording = createRecording(deps)
  const reach = createReach(deps, recording)
  const { upstreams, credentials, relay } = reach
  const governing = createGoverning(deps, reach, recording)
  const { holds, watch } = governing
  const { recorder, counters } = recording
  const mcp = createMcp(deps, reach, governing)
  const { tasks, catalog } = mcp
  const http = createHttp(deps, reach, governing)
  const underWay = [mcp.open, http.open]
  const memory = new Memory(config.limits.memoryBytes, config.limits.memoryPerGateway)
  const wrappers = new WrapperConnections()
  counters.gauge({
    sallyport_proxy_open_exchanges: {
      help: 'Actions under way',
      read: () => mcp.open.size + http.open.size,
    },
    sallyport_proxy_held_calls: {
      help: 'Callers that are kept until a person answers',
      read: () => holds.size,
    },
    sallyport_proxy_tasks: { help: 'Held calls that go on as tasks', read: () => tasks.size },
    sallyport_proxy_children: { help: 'Stdio servers that this proxy runs', read: () => upstreams.children },
    sallyport_proxy_wrappers: { help: 'Connected wrappers of stdio servers', read: () => wrappers.size },
    sallyport_proxy_memory_bytes: {
      help: 'Bytes of requests under way and of answers that nobody has read yet',
      read: () => memory.bytes,
    },
  })
  const health: Record<string, HealthCheck> = {
    log: () => recorder.health(),
    control: controlHealth(control),
    approvals: () => watch.health(),
    signals: () => healthOf(signals.fault(), 'degraded'),
    ...deps.health,
  }
  const stops: (() => void)[] = []
  const server = createFaces({ deps, reach, governing, mcp, http, memory, wrappers, health })
  const reading = { upstreams, credentials, sseStreams: new Map(), limits: answerLimits(config) }
  const probes = {
    mcp: (upstream: Upstream) => probeMcp({ ...reading, catalog }, upstream),
    http: (upstream: Upstream) => probeHttp(reading, upstream),
  }
  let listening: Promise<unknown> | undefined
  const listen = async () => {
    const { host, port } = config.listen.address
    listening ??= recorder.start().then(() => server.listen({ host, port }))
    await listening
  }
  return {
    server,
    routes: probeRoutes({ control, probes, logger: deps.logger }),
    health,
    listen,
    async start() {
      await listen()
      stops.push(
        mcp.listen(),
        mcp.sessions.listen(),
        control.onChange((state) => {
          holds.controlChanged()
          for (const open of underWay) open.review((inputs) => decision.decideMany(inputs))
          wrappers.review()
          upstreams.keepOnly(state.upstreams.values())
          credentials.keepOnly(state.upstreams.values())
        }),
      )
    },
    async stop() {
      for (const stop of stops.splice(0)) stop()
      catalog.stop()
      const closed = server.close()
      await within(HOLDS_STOP_MS, holds.stop())
      await Promise.all(underWay.map((open) => open.stop(EXCHANGES_STOP_MS)))
      await within(RECORDS_STOP_MS, recorder.settled())
      await recorder.stop()
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
