import { kafkaFeed } from '@sallyport/delivery/kafka'
import { fleetLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import {
  createLogger,
  natsSecurity,
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
  const { log, connection, prepare } = fleetLog(config.kafka, 'approvals', logger)
  const prepareLog = () => prepare([TOPICS.approvals, TOPICS.control, TOPICS.deadLetters])
  const signals = natsSignals({ servers: config.nats.servers, security: natsSecurity(config.nats), logger })
  return approvalsProcess(config, {
    log,
    prepareLog,
    signals,
    feed: kafkaFeed({ ...connection, log }),
    logger,
  })
})
