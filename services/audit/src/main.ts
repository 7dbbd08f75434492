import { kafkaFeed } from '@sallyport/delivery/kafka'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import { createLogger, newId, processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { embeddedClickHouse } from './adapters/embedded-click-house.ts'
import { serverClickHouse } from './adapters/server-click-house.ts'
import { createAuditProcess } from './audit-process.ts'
import { auditProcessSpec } from './config.ts'

await runProcess(async () => {
  const environment = processEnvironment()
  const config = readConfig(auditProcessSpec, environment)
  const logger = createLogger('audit', config.logging.level)
  const connection = { brokers: config.kafka.brokers, clientId: `audit-${newId()}`, logger }
  const log = kafkaEventLog(connection)
  await log.ensureTopics(Object.values(TOPICS))
  const feed = kafkaFeed({ ...connection, log })
  const { url, data } = config.clickhouse
  const clickhouse = url === null ? embeddedClickHouse({ path: data, logger }) : serverClickHouse({ url })
  return createAuditProcess({ config, log, clickhouse, feed, environment, logger })
})
