import type { RunningControlView } from '@sallyport/control'
import type { AcceptedDamage, EventLog } from '@sallyport/event-log'
import { DEFAULT_TENANT } from '@sallyport/events'
import type { ApiPlugin } from '@sallyport/http-api'
import type { HealthCheck, Logger, Service } from '@sallyport/runtime'
import { type AuditReader, clickHouseReader } from './adapters/audit-reader.ts'
import type { ClickHouseEngine } from './adapters/click-house-engine.ts'
import type { AuditConfig } from './config.ts'
import { auditRoutes } from './http/audit-routes.ts'
import { createIngest, type Ingest, type IngestPath } from './ingest.ts'
import { readingTheLog } from './ingest-paths.ts'
import { createLiveTail, type LiveTail } from './live-tail.ts'
import { createRecordWatch, type RecordWatch } from './record-watch.ts'

export interface AuditServiceOptions {
  readonly config: AuditConfig
  readonly log: EventLog
  readonly control: RunningControlView
  /** Started and stopped by the service. */
  readonly clickhouse: ClickHouseEngine
  /** How records get from the log into ClickHouse (default: this process reads the log). */
  readonly path?: IngestPath
  /** The damage of the log past which the record is shown (default: what operators have accepted). */
  readonly damage?: AcceptedDamage
  readonly clock: () => Date
  readonly logger: Logger
  /** Whose events may be read (default `default`); everybody's are stored. */
  readonly tenant?: string
}

export interface AuditService extends Service {
  readonly routes: ApiPlugin
  readonly health: Readonly<Record<string, HealthCheck>>
  readonly reader: AuditReader
  readonly ingest: Ingest
  readonly tail: LiveTail
  readonly record: RecordWatch
}

/** Log → ClickHouse → timeline, summary, stories; the live tail straight from the log. Nothing waits for ClickHouse: it may come later, and go. */
export function createAuditService(options: AuditServiceOptions): AuditService {
  const { config, log, control, clickhouse, clock, logger, tenant = DEFAULT_TENANT } = options
  const { client } = clickhouse
  const { days: retentionDays } = config.retention
  const path = options.path ?? readingTheLog({ log, client, logger })
  const ingest = createIngest({ log, client, path, logger, clock, retentionDays, ...config.ingest })
  const reader = clickHouseReader({
    client,
    tenant,
    tables: ingest.tables,
    maxSeconds: config.query.maxSeconds,
    clock,
    effectOf: (offset) => control.effectOf(offset),
  })
  const tail = createLiveTail({ log, control, logger, tenant })
  const { damage } = options
  const record = createRecordWatch({ log, logger, ...(damage ? { damage } : {}) })
  return {
    routes: auditRoutes({ record, reader, tail, clock, upstreams: () => control.state().upstreams }),
    health: { clickhouse: clickhouse.health, ingest: ingest.health, record: record.health },
    reader,
    ingest,
    tail,
    record,
    async start() {
      clickhouse.start()
      ingest.start()
      await record.start()
    },
    async stop() {
      await record.stop()
      await tail.stop()
      await ingest.stop()
      await clickhouse.stop()
    },
  }
}
