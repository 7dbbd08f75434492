import { startControlView } from '@sallyport/control'
import { sqliteEventLog } from '@sallyport/event-log'
import { readConfig, silentLogger } from '@sallyport/runtime'
import { embeddedClickHouse } from '../adapters/embedded-click-house.ts'
import { auditConfigSpec } from '../config.ts'
import { createAuditService } from '../service.ts'

/** An audit process to be killed: tells how many rows are stored, and `caught up`. Arguments: log, ClickHouse, rows. */
const [logPath = '', path = '', rows = '500'] = process.argv.slice(2)
const log = await sqliteEventLog({ path: logPath })
const clickhouse = embeddedClickHouse({ path })
const config = readConfig(auditConfigSpec, { SALLYPORT_AUDIT_BATCH_ROWS: rows })
const control = startControlView({ log })
const service = createAuditService({
  config,
  log,
  control,
  clickhouse,
  clock: () => new Date(),
  logger: silentLogger,
})
await service.start()
await service.ingest.prepared()
process.send?.({ engine: clickhouse.pid() })
service.ingest.onStored((stored) => process.send?.({ stored }))
await service.ingest.caughtUp()
process.send?.({ caughtUp: true })
process.on('message', () => {
  void service
    .stop()
    .then(() => control.stop())
    .then(() => log.close())
    .then(() => process.exit(0))
})
