import { createApprovalsService } from '@sallyport/approvals'
import {
  auditConfigSpec,
  createAuditService,
  createDeliveries,
  deliveryConfigSpec,
  serverClickHouse,
} from '@sallyport/audit'
import { type RunningControlView, startControlView } from '@sallyport/control'
import { createDecisionService } from '@sallyport/decision'
import { logFeed, memoryCheckpoints, memoryLeases } from '@sallyport/delivery'
import { createPublisher, memoryEventLog, type Publisher } from '@sallyport/event-log'
import { type ApiServer, createApiServer } from '@sallyport/http-api'
import { createProxyService, proxySpec } from '@sallyport/proxy'
import { withDeadline } from '@sallyport/rpc'
import { DEVELOPMENT, readConfig, silentLogger } from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'

export interface WholeApi {
  /** Not ready yet: hooks can still be added. */
  readonly api: ApiServer
  readonly control: RunningControlView
  readonly publisher: Publisher
  close(): Promise<void>
}

/** The routes of every service put together, never listened on. */
export function wholeApi(): WholeApi {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'reference' })
  const control = startControlView({ log })
  const shared = { log, publisher, perimeter: DEVELOPMENT, clock: () => new Date(), logger: silentLogger }
  const clickhouse = serverClickHouse({ url: 'http://127.0.0.1:1' })
  const secret = Buffer.alloc(32)
  const feed = logFeed({ log, leases: memoryLeases(), checkpoints: memoryCheckpoints() })
  const signals = memorySignals()
  const decision = createDecisionService({ ...shared, control, tenant: 'default', secret })
  const approvals = createApprovalsService({}, { ...shared, signals, control })
  const proxy = createProxyService({
    ...shared,
    config: readConfig(proxySpec, {}),
    signals,
    control,
    decision: withDeadline(decision.point, 1000),
    approvals: approvals.point,
    secret,
    environment: {},
  })
  const services = [
    decision,
    proxy,
    approvals,
    createAuditService({ ...shared, control, config: readConfig(auditConfigSpec, {}), clickhouse }),
    createDeliveries({
      ...shared,
      config: readConfig(deliveryConfigSpec, {}),
      feed,
      control,
      secret,
      environment: {},
    }),
  ]
  const api = createApiServer({
    title: 'Sallyport',
    version: '1',
    control,
    plugins: services.map((service) => service.routes),
    health: {},
    clock: shared.clock,
    logger: silentLogger,
  })
  return {
    api,
    control,
    publisher,
    async close() {
      await api.close()
      await proxy.stop()
      await control.stop()
      await log.close()
    },
  }
}
