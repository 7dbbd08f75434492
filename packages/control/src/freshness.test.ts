import { type EventLog, memoryEventLog, type Offsets } from '@sallyport/event-log'
import { afterEach, expect, test } from 'vitest'
import { type Freshness, watchFreshness } from './freshness.ts'

const running: Freshness[] = []
afterEach(() => {
  for (const freshness of running.splice(0)) freshness.stop()
})

/** A watch that compares only when told to: its own timer is far away. */
function watch(ends: () => Promise<Offsets>) {
  const world = { now: 0, offsets: {} as Offsets }
  const log: EventLog = { ...memoryEventLog(), ends }
  const freshness = watchFreshness({
    log,
    topic: 'sallyport.control',
    offsets: () => world.offsets,
    everyMs: 2 ** 31 - 1,
    staleAfterMs: 100,
    now: () => world.now,
  })
  running.push(freshness)
  return { world, freshness }
}

test('a fold that has reached the end is fresh as of when the end was read', async () => {
  const { world, freshness } = watch(async () => ({ 0: 5, 1: 0 }))
  world.offsets = { 0: 5 }
  world.now = 80
  await freshness.check()
  world.now = 180
  expect(freshness.fault()).toBeUndefined()
  world.now = 181
  expect(freshness.fault()).toContain('last known to be current')
})

test('a fold that lags is stale until it reaches the end that was read, however far the log has grown', async () => {
  let end = 5
  const { world, freshness } = watch(async () => ({ 0: end }))
  world.offsets = { 0: 4 }
  world.now = 90
  await freshness.check()
  end = 1_000_000
  world.now = 101
  expect(freshness.fault()).toBeDefined()
  world.offsets = { 0: 5 }
  await freshness.check()
  expect(freshness.fault()).toBeUndefined()
})

test('a log that does not answer leaves the state as old as it was', async () => {
  const { world, freshness } = watch(() => Promise.reject(new Error('unreachable')))
  world.now = 101
  await freshness.check()
  expect(freshness.fault()).toBeDefined()
})

test('an answer that never comes does not keep the state stale for ever', async () => {
  const answers = [new Promise<Offsets>(() => {}), Promise.resolve({})]
  const { world, freshness } = watch(() => answers.shift() ?? Promise.reject(new Error('asked too often')))
  void freshness.check()
  world.now = 50
  await freshness.check()
  expect(answers).toHaveLength(1)
  world.now = 150
  await freshness.check()
  expect(freshness.fault()).toBeUndefined()
})
