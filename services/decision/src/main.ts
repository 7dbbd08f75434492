import { fleetLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import {
  createLogger,
  processEnvironment,
  readFleetConfig,
  runProcess,
  ShortcutRefused,
} from '@sallyport/runtime'
import { acceptingLogDamage } from './accept-log-damage.ts'
import { decisionSpec } from './config.ts'
import { decisionProcess } from './process.ts'

await runProcess(async () => {
  const [command, ...words] = process.argv.slice(2)
  const accepts = command === 'accept-log-damage'
  const config = readFleetConfig(decisionSpec, processEnvironment(), accepts ? [] : process.argv.slice(2))
  if (accepts && config.perimeter.mode === 'production')
    throw new ShortcutRefused(
      'accept-log-damage',
      'restore the log, or run it with SALLYPORT_MODE=development',
    )
  const logger = createLogger('decision', config.logging.level)
  const { log, prepare } = fleetLog(config.kafka, 'decision', logger)
  if (accepts) return acceptingLogDamage(log, words.join(' '))
  // The first process that starts makes the topics. In a fleet that is a decision service.
  const prepareLog = () => prepare(Object.values(TOPICS))
  return decisionProcess(config, { log, prepareLog, logger })
})
