import type { Health } from './health.ts'

/** One figure of every part, as Prometheus reads it. */
export interface HealthMetric {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  /** By part. Parts that do not have the figure are left out. */
  readonly values: readonly (readonly [part: string, value: number])[]
}

interface Figure {
  readonly fact: string
  readonly name: string
  readonly help: string
  readonly type: HealthMetric['type']
  /** What one unit of the fact is of the metric's. */
  readonly scale?: number
}

/** The facts of a part's health that are worth an alarm or a chart. */
const FIGURES: readonly Figure[] = [
  {
    fact: 'passedOver',
    name: 'sallyport_events_passed_over_total',
    help: "Records of the log that a part could not read, and passed over because they change nobody's rights",
    type: 'counter',
  },
  {
    fact: 'lost',
    name: 'sallyport_events_lost_total',
    help: 'Events that are in no log: it could not be written, and there was no more room to keep them',
    type: 'counter',
  },
  {
    fact: 'late',
    name: 'sallyport_events_late_total',
    help: 'Events that were kept while the log could not be written, and appended when it was back',
    type: 'counter',
  },
  {
    fact: 'kept',
    name: 'sallyport_events_kept',
    help: 'Events that wait for a log that cannot be written',
    type: 'gauge',
  },
  {
    fact: 'open',
    name: 'sallyport_approvals_open',
    help: 'Approvals that are pending or approved',
    type: 'gauge',
  },
  {
    fact: 'damaged',
    name: 'sallyport_log_damaged',
    help: 'Places at which the log is not what was written, and which no operator has accepted',
    type: 'gauge',
  },
  {
    fact: 'lagEvents',
    name: 'sallyport_lag_events',
    help: 'Events in the log that a part has not dealt with',
    type: 'gauge',
  },
  {
    fact: 'lagMs',
    name: 'sallyport_lag_seconds',
    help: 'How long the oldest event that a part is dealing with has been in the log',
    type: 'gauge',
    scale: 1000,
  },
]

const STATUS_VALUE = { ok: 1, degraded: 0.5, down: 0 } as const

/** The figures in the health of the parts of a process. Each is there, with its help text, also where no part has it. */
export function healthMetrics(parts: Readonly<Record<string, Health>>): readonly HealthMetric[] {
  const figures = FIGURES.map(({ fact, scale = 1, ...metric }) => ({
    ...metric,
    values: Object.entries(parts).flatMap(([part, { facts }]) => {
      const value = facts?.[fact]
      return typeof value === 'number' ? [[part, value / scale] as const] : []
    }),
  }))
  const status: HealthMetric = {
    name: 'sallyport_part_status',
    help: 'Whether a part works: 1 it does, 0.5 with less, 0 it does not',
    type: 'gauge',
    values: Object.entries(parts).map(([part, health]) => [part, STATUS_VALUE[health.status]] as const),
  }
  return [...figures, status]
}
