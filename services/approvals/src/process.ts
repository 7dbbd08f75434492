import { readFileSync } from 'node:fs'
import { startControlView } from '@sallyport/control'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { createApiServer, LOOPBACK_HOSTS, publishedDocument } from '@sallyport/http-api'
import { type ServerTls, serveGrpc } from '@sallyport/rpc'
import { deriveKey, type Logger, newId, type Service } from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { ApprovalsConfig } from './config.ts'
import { createApprovalsService } from './service.ts'

/** The engines of the process, which `main.ts` chooses. They are closed with it. */
export interface ApprovalsEngines {
  readonly log: EventLog
  readonly signals: Signals
  readonly logger: Logger
}

export interface ApprovalsProcess extends Service {
  /** Where it really listens, once started. */
  readonly addresses: { readonly api: string; readonly grpc: string }
}

/** The approvals service as a process of its own: gRPC for proxies, the HTTP API for people and bots. */
export function approvalsProcess(config: ApprovalsConfig, engines: ApprovalsEngines): ApprovalsProcess {
  const { log, signals, logger } = engines
  const addresses = { api: '', grpc: '' }
  const stops: (() => Promise<unknown>)[] = [() => log.close(), () => signals.close()]
  const clock = () => new Date()

  return {
    addresses,
    async start() {
      const publisher = createPublisher({ log, producer: `approvals/${newId()}` })
      stops.push(() => publisher.close())
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const service = createApprovalsService(config.approvals, { log, publisher, signals, clock, logger })
      stops.push(() => service.stop())
      await Promise.all([control.caughtUp, service.start()])

      const { listen, hosts } = config.api
      const api = await createApiServer({
        title: 'Sallyport approvals',
        version: '1',
        document: publishedDocument(),
        control,
        plugins: [service.routes],
        health: {
          ...service.health,
          control: () => faultOf(control.fault()),
          signals: () => faultOf(signals.fault(), 'degraded'),
        },
        clock,
        logger,
        ...allowedHosts(listen.host, hosts),
      })
      stops.push(() => api.close())
      addresses.api = await api.listen({ ...listen })
      const grpc = await serveGrpc({
        listen: config.grpc.listen,
        approvals: service.point,
        internalToken: deriveKey(config.secret.key, 'internal'),
        health: () => service.health.approvals?.() ?? { status: 'down' },
        ...tlsOf(config.grpc),
      })
      stops.push(() => grpc.stop())
      addresses.grpc = grpc.address
      logger.info({ ...addresses, replayed: service.replayed() }, 'approvals are answered')
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop()
    },
  }
}

const faultOf = (reason: string | undefined, status: 'down' | 'degraded' = 'down') =>
  reason === undefined ? ({ status: 'ok' } as const) : { status, reason }

function allowedHosts(host: string, hosts: readonly string[]): { allowedHosts?: readonly string[] } {
  if (hosts.length > 0) return { allowedHosts: hosts }
  return /^(127\.|::1$|localhost$)/.test(host) ? { allowedHosts: LOOPBACK_HOSTS } : {}
}

function tlsOf({ certificate, privateKey, ca }: ApprovalsConfig['grpc']): { tls?: ServerTls } {
  if (certificate === null || privateKey === null) return {}
  const pair = { cert: readFileSync(certificate), key: readFileSync(privateKey) }
  return { tls: ca === null ? pair : { ...pair, ca: readFileSync(ca) } }
}
