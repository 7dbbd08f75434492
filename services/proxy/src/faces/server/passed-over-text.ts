import { type Health, PASSED_OVER_METRIC, passedOver } from '@sallyport/runtime'

/** The events of the log that each part passed over, as Prometheus reads it (text exposition format 0.0.4). */
export function passedOverText(parts: Readonly<Record<string, Health>>): string {
  const { name, help } = PASSED_OVER_METRIC
  const lines = passedOver(parts).map(([part, count]) => `${name}{part="${part}"} ${count}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${lines.join('')}`
}
