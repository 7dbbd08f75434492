import { controlHealth, startControlView } from '@sallyport/control'
import { deliveryMetrics, type Feed } from '@sallyport/delivery'
import { createPublisher, type EventLog } from '@sallyport/event-log'
import { createRegistry, healthTokenOf, peerHealth, startProcessApi } from '@sallyport/http-api'
import { type Environment, type Logger, newId, type Service } from '@sallyport/runtime'
import type { ClickHouseEngine } from './adapters/click-house-engine.ts'
import type { AuditProcessConfig } from './config.ts'
import { createDeliveries } from './destinations/deliveries.ts'
import { createAuditService } from './service.ts'

export interface AuditProcessOptions {
  readonly config: AuditProcessConfig
  readonly log: EventLog
  /** Makes what the log lacks, as soon as it answers; rejects where it never will (default: it lacks nothing). */
  readonly prepareLog?: () => Promise<void>
  readonly clickhouse: ClickHouseEngine
  /** Of deliveries, on the same brokers as the log. */
  readonly feed: Feed & { close(): Promise<void> }
  readonly environment: Environment
  readonly logger: Logger
}

/** The audit service with its API, as one process of a fleet. */
export function createAuditProcess(options: AuditProcessOptions): Service {
  const { config, log, prepareLog = async () => {}, clickhouse, feed, environment, logger } = options
  const stops: (() => Promise<unknown>)[] = []
  let started = false
  return {
    async start() {
      stops.push(() => log.close())
      const clock = () => new Date()
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const audit = createAuditService({
        config,
        log,
        control,
        clickhouse,
        clock,
        logger,
      })
      stops.push(() => audit.stop())
      const publisher = createPublisher({ log, producer: `audit/${newId()}` })
      stops.push(() => publisher.close())
      stops.push(() => feed.close())
      const registry = createRegistry()
      const deliveries = createDeliveries({
        config,
        log,
        feed,
        publisher,
        control,
        secret: config.secret.key,
        environment,
        perimeter: config.perimeter,
        clock,
        logger,
        metrics: deliveryMetrics(registry),
      })
      stops.push(() => deliveries.stop())
      // First of all, so that a process which waits for its engines says so.
      const healthToken = healthTokenOf(config.secret.key)
      const api = await startProcessApi(config.api, {
        title: 'Sallyport audit',
        version: '1',
        control,
        plugins: [audit.routes, deliveries.routes],
        health: { ...audit.health, ...deliveries.health, control: controlHealth(control, () => started) },
        peers: peerHealth(config.processes.peers, healthToken),
        healthToken,
        clock,
        logger,
        registry,
      })
      stops.push(() => api.close())
      await audit.start()
      await Promise.all([prepareLog(), control.caughtUp])
      await deliveries.start()
      started = true
    },
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}
