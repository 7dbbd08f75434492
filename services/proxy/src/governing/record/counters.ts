import type { Outcome } from '@sallyport/policy'
import type { Completion } from '../../domain/records.ts'

const BUCKETS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000]

/** Figures since the start, as Prometheus reads them (text exposition format 0.0.4). */
export class Counters {
  readonly #decided: Record<Outcome, number> = { allow: 0, deny: 0, hold: 0 }
  readonly #completed = new Map<Completion['outcome'], number>()
  readonly #buckets = BUCKETS_MS.map(() => 0)
  #gauges: Readonly<Record<string, () => number>> = {}
  #count = 0
  #sumMs = 0

  /** Figures by metric name, read when they are asked for. */
  gauge(gauges: Readonly<Record<string, () => number>>): void {
    this.#gauges = { ...this.#gauges, ...gauges }
  }

  decided(outcome: Outcome): void {
    this.#decided[outcome] += 1
  }

  completed(outcome: Completion['outcome'], durationMs: number): void {
    this.#completed.set(outcome, (this.#completed.get(outcome) ?? 0) + 1)
    this.#count += 1
    this.#sumMs += durationMs
    const bucket = BUCKETS_MS.findIndex((bound) => durationMs <= bound)
    if (bucket >= 0) this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  text(): string {
    const lines = ['# TYPE sallyport_proxy_decisions_total counter']
    for (const [verdict, count] of Object.entries(this.#decided))
      lines.push(`sallyport_proxy_decisions_total{verdict="${verdict}"} ${count}`)
    lines.push('# TYPE sallyport_proxy_completed_total counter')
    for (const [outcome, count] of this.#completed)
      lines.push(`sallyport_proxy_completed_total{outcome="${outcome}"} ${count}`)
    lines.push(...this.#histogram())
    for (const [name, read] of Object.entries(this.#gauges))
      lines.push(`# TYPE ${name} gauge`, `${name} ${read()}`)
    return `${lines.join('\n')}\n`
  }

  #histogram(): string[] {
    const name = 'sallyport_proxy_duration_seconds'
    let sum = 0
    const buckets = BUCKETS_MS.map((bound, index) => {
      sum += this.#buckets[index] ?? 0
      return `${name}_bucket{le="${bound / 1000}"} ${sum}`
    })
    return [
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sumMs / 1000}`,
      `${name}_count ${this.#count}`,
    ]
  }
}
