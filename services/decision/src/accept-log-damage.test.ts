import { startControlView } from '@sallyport/control'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { newEvent, TOPICS } from '@sallyport/events'
import { expect, onTestFinished, test } from 'vitest'
import { acceptLogDamage } from './accept-log-damage.ts'

const actor = { type: 'person', name: 'dana' } as const

test('a fleet whose control log has a record that nobody can read goes on when an operator has accepted it', async () => {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'decision/1' })
  const kill = (on: boolean) =>
    publisher.publish(
      newEvent(
        {
          type: 'sallyport.kill_switch.set.v2',
          source: '/decision',
          subject: 'global',
          tenant: 'default',
          key: 'default',
          data: { actor, idempotencyKey: null, scope: 'global', on, reason: null },
        },
        new Date(0),
      ),
    )
  const running = startControlView({ log })
  onTestFinished(() => running.stop())
  await kill(false)
  await log.append(TOPICS.control, [{ key: 'default', headers: {}, value: Buffer.from('not an event') }])
  await kill(true)
  await expect.poll(() => running.fault()).toMatch(/record 1 cannot be read/)
  expect(running.state().killSwitches.get('global')).toBeUndefined()

  expect(await acceptLogDamage(log, 'written by hand', 'ops')).toMatchObject([
    { kind: 'unreadable', offset: 1 },
  ])
  await expect.poll(() => running.fault()).toBeUndefined()
  expect(running.state().killSwitches.get('global')).toBeDefined()
  expect(await acceptLogDamage(log, 'again', 'ops')).toEqual([])
})
