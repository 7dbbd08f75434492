import { memoryEventLog } from '@sallyport/event-log'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import {
  deliveryMetrics,
  EventRefused,
  logFeed,
  memoryCheckpoints,
  memoryLeases,
  startConsumer,
} from './index.ts'
import { RecordingDestination } from './testing/recording-destination.ts'

test('a scrape has what was delivered, failed and given up, and how far behind it is', async () => {
  const registry = new Registry()
  const metrics = deliveryMetrics(registry)
  const log = memoryEventLog()
  await log.append(
    't',
    Array.from({ length: 5 }, (_, nth) => ({
      key: 'k',
      headers: { nth: `${nth}` },
      value: Buffer.from('{}'),
    })),
  )
  const destination = new RecordingDestination(({ records }) => {
    if (records.some(({ headers }) => headers['nth'] === '3')) throw new EventRefused('no')
  })
  const feed = logFeed({ log, leases: memoryLeases(), checkpoints: memoryCheckpoints() })
  const limits = { maxCount: 1, lingerMs: 5 }
  const consumer = startConsumer({ name: 'siem', topics: ['t'], destination, feed, log, limits, metrics })
  await consumer.caughtUp()
  const text = await registry.metrics()
  expect(text).toContain('sallyport_delivery_events_total{consumer="siem"} 4')
  expect(text).toContain('sallyport_delivery_failed_attempts_total{consumer="siem"} 1')
  expect(text).toContain('sallyport_delivery_dead_letters_total{consumer="siem"} 1')
  expect(text).toContain('sallyport_delivery_lag_events{consumer="siem"} 0')
  expect(text).toContain('sallyport_delivery_active{consumer="siem"} 1')
  for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) expect(text).toContain(`# HELP ${name} `)
  await consumer.stop()
  expect(await registry.metrics()).not.toContain('sallyport_delivery_lag_events{consumer="siem"}')
})
