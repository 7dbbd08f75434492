import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import {
  createLogger,
  kafkaSecurity,
  natsSecurity,
  newId,
  processEnvironment,
  readFleetConfig,
  runProcess,
} from '@sallyport/runtime'
import { natsSignals } from '@sallyport/signals/nats'
import { approvalsSpec } from './config.ts'
import { approvalsProcess } from './process.ts'

await runProcess(async () => {
  const config = readFleetConfig(approvalsSpec, processEnvironment())
  const logger = createLogger('approvals', config.logging.level)
  const log = kafkaEventLog({
    brokers: config.kafka.brokers,
    security: kafkaSecurity(config.kafka),
    clientId: `approvals-${newId()}`,
    logger,
  })
  await log.ensureTopics([TOPICS.approvals, TOPICS.control])
  const signals = natsSignals({ servers: config.nats.servers, security: natsSecurity(config.nats), logger })
  return approvalsProcess(config, { log, signals, logger })
})
