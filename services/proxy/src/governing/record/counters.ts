import type { Outcome } from '@sallyport/policy'
import type { Completion } from '../../domain/records.ts'

const BUCKETS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000]

/** A figure that is read when it is asked for. */
export interface Gauge {
  readonly help: string
  readonly read: () => number
}

/** Figures since the start, as Prometheus reads them (text exposition format 0.0.4). */
export class Counters {
  readonly #decided: Record<Outcome, number> = { allow: 0, deny: 0, hold: 0 }
  readonly #completed = new Map<Completion['outcome'], number>()
  readonly #buckets = BUCKETS_MS.map(() => 0)
  readonly #faults = new Map<string, number>()
  #gauges: Readonly<Record<string, Gauge>> = {}
  #count = 0
  #sumMs = 0

  /** Figures by metric name, read when they are asked for. */
  gauge(gauges: Readonly<Record<string, Gauge>>): void {
    this.#gauges = { ...this.#gauges, ...gauges }
  }

  /** `fault` is the `SP_…` code of a denial that is one. */
  decided(outcome: Outcome, fault: string | null = null): void {
    this.#decided[outcome] += 1
    if (fault !== null) this.#faults.set(fault, (this.#faults.get(fault) ?? 0) + 1)
  }

  completed(outcome: Completion['outcome'], durationMs: number): void {
    this.#completed.set(outcome, (this.#completed.get(outcome) ?? 0) + 1)
    this.#count += 1
    this.#sumMs += durationMs
    const bucket = BUCKETS_MS.findIndex((bound) => durationMs <= bound)
    if (bucket >= 0) this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  text(): string {
    const lines = [
      ...head('sallyport_proxy_decisions_total', 'counter', 'Verdicts on actions, by what they were'),
      ...labelled('sallyport_proxy_decisions_total', 'verdict', Object.entries(this.#decided)),
      ...head(
        'sallyport_proxy_faults_total',
        'counter',
        'Actions denied because a part failed, by its error code',
      ),
      ...labelled('sallyport_proxy_faults_total', 'code', this.#faults),
      ...head('sallyport_proxy_completed_total', 'counter', 'Actions that were forwarded, by how they ended'),
      ...labelled('sallyport_proxy_completed_total', 'outcome', this.#completed),
      ...this.#histogram(),
    ]
    for (const [name, { help, read }] of Object.entries(this.#gauges))
      lines.push(...head(name, 'gauge', help), `${name} ${read()}`)
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
      ...head(
        name,
        'histogram',
        'From the arrival of an action that was forwarded to the last byte of its answer',
      ),
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.#count}`,
      `${name}_sum ${this.#sumMs / 1000}`,
      `${name}_count ${this.#count}`,
    ]
  }
}

function head(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function labelled(name: string, label: string, values: Iterable<readonly [string, number]>): string[] {
  return [...values].map(([value, count]) => `${name}{${label}="${value}"} ${count}`)
}
