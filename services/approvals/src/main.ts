import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import { createLogger, newId, processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { natsSignals } from '@sallyport/signals/nats'
import { approvalsSpec } from './config.ts'
import { approvalsProcess } from './process.ts'

await runProcess(async () => {
  const config = readConfig(approvalsSpec, processEnvironment())
  const logger = createLogger('approvals', config.logging.level)
  const log = kafkaEventLog({ brokers: config.kafka.brokers, clientId: `approvals-${newId()}`, logger })
  await log.ensureTopics([TOPICS.approvals, TOPICS.control])
  const signals = natsSignals({ servers: config.nats.servers, logger })
  return approvalsProcess(config, { log, signals, logger })
})
