import { type Health, healthMetrics } from '@sallyport/runtime'

/** The figures in the health of the parts, as Prometheus reads them (text exposition format 0.0.4). */
export function healthText(parts: Readonly<Record<string, Health>>): string {
  const lines = healthMetrics(parts).flatMap(({ name, help, type, values }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...values.map(([part, value]) => `${name}{part="${part}"} ${value}`),
  ])
  return `${lines.join('\n')}\n`
}
