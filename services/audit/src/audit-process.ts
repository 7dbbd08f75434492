import { controlHealth, startControlView } from '@sallyport/control'
import type { EventLog } from '@sallyport/event-log'
import { startProcessApi } from '@sallyport/http-api'
import type { Logger, Service } from '@sallyport/runtime'
import type { ClickHouseEngine } from './adapters/click-house-engine.ts'
import type { AuditProcessConfig } from './config.ts'
import { peerHealth } from './peer-health.ts'
import { createAuditService } from './service.ts'

export interface AuditProcessOptions {
  readonly config: AuditProcessConfig
  readonly log: EventLog
  readonly clickhouse: ClickHouseEngine
  readonly logger: Logger
}

/** The audit service with its API, as one process of a fleet. */
export function createAuditProcess({ config, log, clickhouse, logger }: AuditProcessOptions): Service {
  const stops: (() => Promise<unknown>)[] = []
  return {
    async start() {
      stops.push(() => log.close())
      const clock = () => new Date()
      const control = startControlView({ log, logger })
      stops.push(() => control.stop())
      const audit = createAuditService({
        config,
        log,
        clickhouse,
        clock,
        logger,
      })
      stops.push(() => audit.stop())
      await control.caughtUp
      await audit.start()
      const api = await startProcessApi(config.api, {
        title: 'Sallyport audit',
        version: '1',
        control,
        plugins: [audit.routes],
        health: { ...audit.health, control: controlHealth(control) },
        peers: peerHealth(config.peers.addresses),
        clock,
        logger,
      })
      stops.push(() => api.close())
    },
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}
