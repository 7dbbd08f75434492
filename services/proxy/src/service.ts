import type { ControlView } from '@sallyport/control'
import type { Publisher } from '@sallyport/event-log'
import type { ApprovalsPoint, DecisionPoint } from '@sallyport/rpc'
import {
  deriveKey,
  type Environment,
  type HealthCheck,
  type Logger,
  newId,
  type Service,
} from '@sallyport/runtime'
import type { Signals } from '@sallyport/signals'
import type { FastifyInstance } from 'fastify'
import { Recorder } from './adapters/recorder.ts'
import { SessionSeal } from './adapters/session-seal.ts'
import { Upstreams } from './adapters/upstreams.ts'
import type { ProxyConfig } from './config.ts'
import { OpenExchanges } from './exchange/open-exchanges.ts'
import type { ProxyParts } from './exchange/parts.ts'
import { HeldCalls } from './hold/held-calls.ts'
import { Counters } from './http/counters.ts'
import { createServer } from './http/create-server.ts'

export interface ProxyDeps {
  readonly config: ProxyConfig
  readonly publisher: Publisher
  readonly signals: Signals
  readonly control: ControlView
  readonly decision: DecisionPoint
  readonly approvals: ApprovalsPoint
  /** The installation's secret: the keys for sessions and argument digests come from it. */
  readonly secret: Uint8Array
  /** Where the credentials of upstreams are read. */
  readonly environment: Environment
  readonly clock: () => Date
  readonly logger: Logger
}

export interface ProxyService extends Service {
  readonly server: FastifyInstance
  readonly health: Readonly<Record<string, HealthCheck>>
}

export function createProxyService(deps: ProxyDeps): ProxyService {
  const { config, publisher, control, decision, approvals, secret, environment, clock, logger } = deps
  const open = new OpenExchanges()
  const holds = new HeldCalls()
  const recorder = new Recorder({ publisher, logger, deadlineMs: config.limits.recordMs })
  const upstreams = new Upstreams(config.upstream)
  const parts: ProxyParts = {
    config,
    control,
    decision,
    approvals,
    recorder,
    upstreams,
    seal: new SessionSeal(deriveKey(secret, 'session')),
    environment,
    digestKey: deriveKey(secret, 'digest'),
    clock,
    logger,
    counters: new Counters({ sallyport_proxy_open_exchanges: () => open.size }),
    holds,
    open,
  }
  const health: Record<string, HealthCheck> = { log: () => recorder.health() }
  const server = createServer(parts, health)
  return {
    server,
    health,
    async start() {
      const { host, port } = config.listen.address
      await server.listen({ host, port })
    },
    async stop() {
      const closed = server.close()
      await open.stop(2500)
      await closed
      await upstreams.stop()
      await recorder.settled()
    },
  }
}
