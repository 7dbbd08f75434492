import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { createLogger, newId, processEnvironment, readConfig, runProcess } from '@sallyport/runtime'
import { natsSignals } from '@sallyport/signals/nats'
import { proxyProcessSpec } from './config.ts'
import { proxyProcess } from './process.ts'

await runProcess(() => {
  const environment = processEnvironment()
  const config = readConfig(proxyProcessSpec, environment)
  const logger = createLogger('proxy', config.logging.level)
  const name = `proxy-${newId()}`
  const log = kafkaEventLog({ brokers: config.kafka.brokers, clientId: name, logger })
  const signals = natsSignals({ servers: config.nats.servers, name, logger })
  return proxyProcess(config, { log, signals, logger, environment })
})
