import { createPublisher, type EventLog, EventLogDamaged, memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { createRecordWatch } from './record-watch.ts'
import { decided } from './testing/sample-events.ts'

test('a record of which an action was taken out is not shown, and is down with the place, until that is accepted', async () => {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'proxy/1' })
  for (const actionId of ['a', 'b', 'c']) await publisher.publish(decided(new Date(0), { actionId }))
  const damaged: EventLog = {
    ...log,
    async *read(topic, options) {
      for await (const batch of log.read(topic, options))
        yield topic === TOPICS.actions ? batch.filter(({ offset }) => offset !== 1) : batch
    },
  }
  const watch = createRecordWatch({ log: damaged, logger: silentLogger })
  onTestFinished(() => watch.stop())
  await watch.start()
  await watch.caughtUp()
  expect(watch.health()).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/damaged at sallyport.actions 0\/1: record 1 is missing/),
    facts: { verified: 2, damaged: 2 },
  })
  expect(() => watch.requireWhole()).toThrow(EventLogDamaged)
})

test('a record that is whole says how much of it was verified', async () => {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'proxy/1' })
  const watch = createRecordWatch({ log, logger: silentLogger })
  onTestFinished(() => watch.stop())
  await watch.start()
  await publisher.publish(decided(new Date(0), { actionId: 'a' }))
  await watch.caughtUp()
  expect(watch.health()).toEqual({ status: 'ok', facts: { verified: 1, damaged: 0 } })
  expect(() => watch.requireWhole()).not.toThrow()
})
