import { controlHealth, startControlView } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import { healthTokenOf, peerHealth, startProcessApi } from '@sallyport/http-api'
import { serveGrpc } from '@sallyport/rpc/grpc'
import { deriveKey, grpcTls, type Logger, newId, type Service } from '@sallyport/runtime'
import { bootstrapAdmin } from './bootstrap-admin.ts'
import type { DecisionConfig } from './config.ts'
import { createDecisionService } from './service.ts'

/** The engines of the process, which `main.ts` chooses. They are closed with it. */
export interface DecisionEngines {
  readonly log: EventLog
  /** Makes what the log lacks, as soon as it answers; rejects where it never will (default: it lacks nothing). */
  readonly prepareLog?: () => Promise<void>
  readonly logger: Logger
}

export interface DecisionProcess extends Service {
  /** Where it really listens, once started: `api` as a URL, `grpc` as host:port. */
  readonly addresses: { readonly api: string; readonly grpc: string }
}

/** The decision service as a process of its own: gRPC for proxies, the HTTP API of what is in force for people. */
export function decisionProcess(config: DecisionConfig, engines: DecisionEngines): DecisionProcess {
  const { log, prepareLog = async () => {}, logger } = engines
  const addresses = { api: '', grpc: '' }
  let started = false
  const stops: (() => Promise<unknown>)[] = [() => log.close()]
  const clock = () => new Date()
  const tenant = DEFAULT_TENANT
  const { token } = config.admin

  return {
    addresses,
    async start() {
      const publisher = createPublisher({ log, producer: `decision/${newId()}` })
      stops.push(() => publisher.close())
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const service = createDecisionService({
        control,
        publisher,
        tenant,
        clock,
        secret: config.secret.key,
        perimeter: config.perimeter,
        proxyUrl: config.agents.proxyUrl,
        signIn: config.signIn,
      })

      // First of all, so that a process which waits for its log says so.
      const healthToken = healthTokenOf(config.secret.key)
      const api = await startProcessApi(config.api, {
        title: 'Sallyport decision',
        version: '1',
        control,
        plugins: [service.routes],
        peers: peerHealth(config.processes.peers, healthToken),
        healthToken,
        health: { ...service.health, control: controlHealth(control, () => started) },
        clock,
        logger,
      })
      stops.push(() => api.close())
      addresses.api = api.url
      await Promise.all([prepareLog(), control.caughtUp])
      if (token !== null) await bootstrapAdmin({ control, publisher, tenant, token, clock })
      else if (control.state().tokens.size === 0)
        logger.warn({}, 'nobody can use the API: set SALLYPORT_ADMIN_TOKEN for the first start')

      const grpc = await serveGrpc({
        listen: config.grpc.listen,
        decision: service.point,
        internalToken: deriveKey(config.secret.key, 'internal'),
        health: service.health.decision,
        tls: grpcTls(config.grpc),
        logger,
      })
      stops.push(() => grpc.stop())
      addresses.grpc = grpc.address
      started = true
      logger.info({ ...addresses, replayed: control.replayed() }, 'decisions are given')
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}
