import type { AddressInfo } from 'node:net'
import { startControlView } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { startProcessApi } from '@sallyport/http-api'
import { connectApprovals, connectDecision } from '@sallyport/rpc/grpc'
import {
  deriveKey,
  type Environment,
  grpcTls,
  type HealthCheck,
  type Logger,
  newId,
  type Service,
} from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { ProxyProcessConfig } from './config.ts'
import { createProxyService } from './service.ts'

/** The engines of the process, which `main.ts` chooses. They are closed with it. */
export interface ProxyEngines {
  readonly log: EventLog
  readonly signals: Signals
  readonly logger: Logger
  /** Where the credentials of upstreams are read. */
  readonly environment: Environment
}

export interface ProxyProcess extends Service {
  /** Where it really listens, once started. */
  readonly address: () => string
}

/** The proxy as a separate process. It asks decision and approvals over gRPC. */
export function proxyProcess(config: ProxyProcessConfig, engines: ProxyEngines): ProxyProcess {
  const { log, signals, logger, environment } = engines
  const stops: (() => unknown)[] = [() => log.close(), () => signals.close()]
  let address = ''

  return {
    address: () => address,
    async start() {
      const publisher = createPublisher({ log, producer: `proxy/${newId()}` })
      stops.push(() => publisher.close())
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const { decisions, approvals: addresses } = config.peers
      const peer = { internalToken: deriveKey(config.secret.key, 'internal'), tls: grpcTls(config.peers) }
      const decision = connectDecision({
        ...peer,
        addresses: decisions,
        deadlineMs: config.decision.deadlineMs,
      })
      stops.push(() => decision.close())
      const approvals = connectApprovals({ ...peer, addresses })
      stops.push(() => approvals.close())

      const service = createProxyService({
        config,
        publisher,
        signals,
        control,
        decision,
        approvals,
        secret: config.secret.key,
        environment,
        perimeter: config.perimeter,
        clock: () => new Date(),
        logger,
        health: { decision: decision.health, approvals: degradedAtWorst(approvals.health) },
      })
      stops.push(() => service.stop())
      // Before the control state is there every caller is told to come back, and probes are told why.
      await service.listen()
      const { listen, hosts } = config.api
      if (listen !== null) {
        const api = await startProcessApi(
          { listen, hosts },
          {
            title: 'Sallyport proxy',
            version: '1',
            control,
            plugins: [service.routes],
            health: service.health,
            clock: () => new Date(),
            logger,
          },
        )
        stops.push(() => api.close())
      }
      await control.caughtUp
      await service.start()
      const { address: host, port } = service.server.server.address() as AddressInfo
      address = `${host.includes(':') ? `[${host}]` : host}:${port}`
      logger.info({ address, replayed: control.replayed() }, 'agents are let in')
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}

/** Without approvals what needs no person still goes on, so the load balancer keeps this proxy. */
function degradedAtWorst(check: HealthCheck): HealthCheck {
  return async () => {
    const health = await check()
    return health.status === 'down' ? { ...health, status: 'degraded' } : health
  }
}
