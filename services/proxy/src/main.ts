import { fleetLog } from '@sallyport/event-log/kafka'
import {
  createLogger,
  natsSecurity,
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
  const { log, connection } = fleetLog(config.kafka, 'proxy', logger)
  const signals = natsSignals({
    servers: config.nats.servers,
    security: natsSecurity(config.nats),
    name: connection.clientId,
    logger,
  })
  return proxyProcess(config, { log, signals, logger, environment })
})
