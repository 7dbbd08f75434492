import { kafkaFeed } from '@sallyport/delivery/kafka'
import { fleetLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import {
  clickhouseServer,
  createLogger,
  processEnvironment,
  readFleetConfig,
  runProcess,
} from '@sallyport/runtime'
import { embeddedClickHouse } from './adapters/embedded-click-house.ts'
import { serverClickHouse } from './adapters/server-click-house.ts'
import { createAuditProcess } from './audit-process.ts'
import { auditProcessSpec } from './config.ts'

await runProcess(async () => {
  const environment = processEnvironment()
  const config = readFleetConfig(auditProcessSpec, environment)
  const logger = createLogger('audit', config.logging.level)
  const { log, connection, prepare } = fleetLog(config.kafka, 'audit', logger)
  const prepareLog = () => prepare(Object.values(TOPICS))
  const feed = kafkaFeed({ ...connection, log })
  const server = clickhouseServer(config.clickhouse)
  const clickhouse =
    server === null ? embeddedClickHouse({ path: config.clickhouse.data, logger }) : serverClickHouse(server)
  return createAuditProcess({ config, log, prepareLog, clickhouse, feed, environment, logger })
})
