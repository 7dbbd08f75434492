import { kafkaEventLog } from '@sallyport/event-log/kafka'
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
import { proxyProcessSpec } from './config.ts'
import { proxyProcess } from './process.ts'

await runProcess(async () => {
  const environment = processEnvironment()
  const config = readFleetConfig(proxyProcessSpec, environment)
  const logger = createLogger('proxy', config.logging.level)
  const name = `proxy-${newId()}`
  const log = kafkaEventLog({
    brokers: config.kafka.brokers,
    security: kafkaSecurity(config.kafka),
    clientId: name,
    logger,
  })
  await log.letIn()
  const signals = natsSignals({
    servers: config.nats.servers,
    security: natsSecurity(config.nats),
    name,
    logger,
  })
  return proxyProcess(config, { log, signals, logger, environment })
})
