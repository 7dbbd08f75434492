import { LOG_LOST_METRIC, type Logger } from '@sallyport/runtime'

/** The events of this process that did not get into the log, as Prometheus reads it (text exposition format 0.0.4). */
export function logLostText(logger: Logger): string {
  const { name, help } = LOG_LOST_METRIC
  const lines = Object.entries(logger.lost?.() ?? {}).map(
    ([reason, count]) => `${name}{reason="${reason}"} ${count}\n`,
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`
}
