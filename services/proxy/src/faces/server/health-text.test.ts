import { expect, test } from 'vitest'
import { healthText } from './health-text.ts'

const text = healthText({
  log: { status: 'degraded', facts: { lost: 3, late: 2, kept: 1 } },
  control: { status: 'ok', facts: { passedOver: 2 } },
  approvals: { status: 'down', facts: { open: 4 } },
  ingest: { status: 'ok', facts: { lagEvents: 7, lagMs: 1500 } },
}).split('\n')

test.each([
  ['sallyport_events_lost_total', 'counter', '{part="log"} 3'],
  ['sallyport_events_late_total', 'counter', '{part="log"} 2'],
  ['sallyport_events_kept', 'gauge', '{part="log"} 1'],
  ['sallyport_events_passed_over_total', 'counter', '{part="control"} 2'],
  ['sallyport_approvals_open', 'gauge', '{part="approvals"} 4'],
  ['sallyport_lag_events', 'gauge', '{part="ingest"} 7'],
  ['sallyport_lag_seconds', 'gauge', '{part="ingest"} 1.5'],
  ['sallyport_part_status', 'gauge', '{part="log"} 0.5'],
])('%s has its meaning and its value, and parts without it are left out', (name, type, value) => {
  const start = text.findIndex((line) => line.startsWith(`# HELP ${name} `))
  expect(text[start]?.length).toBeGreaterThan(`# HELP ${name} `.length + 20)
  expect(text[start + 1]).toBe(`# TYPE ${name} ${type}`)
  expect(text[start + 2]).toBe(name + value)
})
