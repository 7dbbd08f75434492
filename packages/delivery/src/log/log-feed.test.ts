import { memoryEventLog } from '@sallyport/event-log'
import { expect, onTestFinished, test } from 'vitest'
import { type Checkpoints, destinationCheckpoints, memoryCheckpoints } from '../checkpoints.ts'
import { type Consumer, startConsumer } from '../consumer.ts'
import { memoryLeases } from '../leases.ts'
import { RecordingDestination } from '../testing/recording-destination.ts'
import { logFeed } from './log-feed.ts'

const TOPIC = 't'

/** A consumer that had come to 5, on a log that ends at 2. */
function ahead(checkpoints: Checkpoints) {
  const log = memoryEventLog()
  const append = (...subjects: string[]) =>
    log.append(
      TOPIC,
      subjects.map((subject) => ({ key: 'k', headers: { subject }, value: Buffer.from('{}') })),
    )
  const destination = new RecordingDestination()
  const start = (): Consumer => {
    const consumer = startConsumer({
      name: 'c',
      topics: [TOPIC],
      destination,
      feed: logFeed({ log, leases: memoryLeases(), checkpoints }),
      log,
      limits: { lingerMs: 1 },
    })
    onTestFinished(() => consumer.stop())
    return consumer
  }
  return { append, start, delivered: () => destination.records.map(({ headers }) => headers['subject']) }
}

test('a delivery that is ahead of its log goes on at the end of it, so that nothing new is passed over', async () => {
  const checkpoints = memoryCheckpoints()
  await checkpoints.save('c', TOPIC, 0, { next: 5 })
  const { append, start, delivered } = ahead(checkpoints)
  await append('a', 'b')
  const consumer = start()
  await expect.poll(() => checkpoints.load('c', TOPIC)).toEqual({ 0: { next: 2 } })
  await append('c', 'd')
  await consumer.caughtUp()
  expect(delivered()).toEqual(['c', 'd'])
  expect(await consumer.health()).toMatchObject({ status: 'ok', facts: { lagEvents: 0 } })
})

test('one whose destination says what it has takes nothing and says so', async () => {
  const { append, start, delivered } = ahead(destinationCheckpoints(async () => ({ 0: 5 })))
  await append('a', 'b')
  const consumer = start()
  await expect.poll(() => consumer.fault()).toMatch(/c has t 0 up to 5, and the log ends at 2/)
  await append('c')
  expect(await consumer.health()).toMatchObject({ status: 'degraded' })
  expect(delivered()).toEqual([])
})
