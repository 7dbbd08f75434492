import { controlHealth, startControlView } from '@sallyport/control'
import type { Feed } from '@sallyport/delivery'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { healthTokenOf, peerHealth, startProcessApi } from '@sallyport/http-api'
import { serveGrpc } from '@sallyport/rpc/grpc'
import {
  collectGarbage,
  deriveKey,
  grpcTls,
  type Health,
  type Logger,
  newId,
  type Service,
} from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { ApprovalsConfig } from './config.ts'
import { createApprovalsService } from './service.ts'

/** The engines of the process, which `main.ts` chooses. They are closed with it. */
export interface ApprovalsEngines {
  readonly log: EventLog
  /** Makes what the log lacks, as soon as it answers; rejects where it never will (default: it lacks nothing). */
  readonly prepareLog?: () => Promise<void>
  readonly signals: Signals
  /** Keeps how far destinations were told, where any is configured. */
  readonly feed?: Feed
  readonly logger: Logger
}

export interface ApprovalsProcess extends Service {
  /** Where it really listens, once started. */
  readonly addresses: { readonly api: string; readonly grpc: string }
}

/** The approvals service as a process of its own: gRPC for proxies, the HTTP API for people and bots. */
export function approvalsProcess(config: ApprovalsConfig, engines: ApprovalsEngines): ApprovalsProcess {
  const { log, prepareLog = async () => {}, signals, feed, logger } = engines
  const addresses = { api: '', grpc: '' }
  let started = false
  const stops: (() => Promise<unknown>)[] = [() => log.close(), () => signals.close()]
  const clock = () => new Date()

  return {
    addresses,
    async start() {
      const publisher = createPublisher({ log, producer: `approvals/${newId()}` })
      stops.push(() => publisher.close())
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const service = createApprovalsService(config.approvals, {
        log,
        publisher,
        signals,
        control,
        secret: config.secret.key,
        ...(feed && { destinations: { config, feed } }),
        clock,
        logger,
      })
      stops.push(() => service.stop())

      // First of all, so that a process which waits for its log says so.
      const healthToken = healthTokenOf(config.secret.key)
      const api = await startProcessApi(config.api, {
        title: 'Sallyport approvals',
        version: '1',
        control,
        plugins: [service.routes],
        peers: peerHealth(config.processes.peers, healthToken),
        healthToken,
        health: {
          ...service.health,
          control: controlHealth(control, () => started),
          signals: () => degradedBy(signals.fault()),
        },
        clock,
        logger,
      })
      stops.push(() => api.close())
      addresses.api = api.url
      await Promise.all([prepareLog(), control.caughtUp, service.start()])
      collectGarbage()

      const grpc = await serveGrpc({
        listen: config.grpc.listen,
        approvals: service.point,
        internalToken: deriveKey(config.secret.key, 'internal'),
        health: () => service.health.approvals?.() ?? { status: 'down' },
        tls: grpcTls(config.grpc),
        logger,
      })
      stops.push(() => grpc.stop())
      addresses.grpc = grpc.address
      started = true
      logger.info({ ...addresses, replayed: service.replayed() }, 'approvals are answered')
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}

const degradedBy = (reason: string | undefined): Health =>
  reason === undefined ? { status: 'ok' } : { status: 'degraded', reason }
