import { createApprovalsService } from '@sallyport/approvals'
import {
  auditConfigSpec,
  createAuditService,
  createDeliveries,
  deliveryConfigSpec,
  serverClickHouse,
} from '@sallyport/audit'
import { startControlView } from '@sallyport/control'
import { createDecisionService } from '@sallyport/decision'
import { logFeed, memoryCheckpoints, memoryLeases } from '@sallyport/delivery'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { createApiServer } from '@sallyport/http-api'
import { createProxyService, proxySpec } from '@sallyport/proxy'
import { withDeadline } from '@sallyport/rpc'
import { DEVELOPMENT, readConfig, silentLogger } from '@sallyport/runtime'
import { memorySignals } from '@sallyport/signals'

/** The one OpenAPI document, from the routes of every service put together and never listened on. */
export async function openApiDocument(): Promise<string> {
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
  const answer = await api.inject('/openapi.json')
  await api.close()
  await proxy.stop()
  await control.stop()
  await log.close()
  return `${JSON.stringify(answer.json(), null, 2)}\n`
}
