import type { EncodedEvent } from '@sallyport/events'
import { describe, expect, test } from 'vitest'
import {
  EventLogDamaged,
  EventLogOverloaded,
  EventLogRefused,
  EventLogUnavailable,
  FoldEnded,
  OutcomeUnknown,
} from './errors.ts'
import { type FoldOptions, startFold } from './fold.ts'
import { memoryEventLog } from './memory.ts'
import type { EventLog } from './port.ts'
import { createPublisher } from './publisher.ts'
import { sampleEvent } from './testing/sample-event.ts'

const TOPIC = 'sallyport.control'

function world(change: Partial<FoldOptions<string | undefined>> = {}) {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'p/1' })
  const applied: string[] = []
  const start = (more: Partial<FoldOptions<string | undefined>> = {}) =>
    startFold<string | undefined>({
      log,
      topic: TOPIC,
      apply: ({ subject }) => {
        if (subject.startsWith('throws')) throw new Error(`cannot apply ${subject}`)
        applied.push(subject)
        return `outcome of ${subject}`
      },
      ...change,
      ...more,
    })
  return { log, applied, start, publish: (subject: string) => publisher.publish(sampleEvent(subject)) }
}

/** An event of a type that only a later release knows. */
function later(critical: string | undefined): EncodedEvent {
  const headers = {
    ce_type: 'sallyport.later.v1',
    ...(critical === undefined ? {} : { ce_critical: critical }),
  }
  return { key: 'k', headers, value: Buffer.from('{}') }
}

describe('a fold', () => {
  test('has caught up when everything that was there has been applied, and says how much that was', async () => {
    const { publish, start, applied } = world()
    for (const subject of ['a', 'b', 'c']) await publish(subject)
    const fold = start()
    await fold.caughtUp
    expect(applied).toEqual(['a', 'b', 'c'])
    expect(fold.replayed()).toBe(3)
    expect(fold.offsets()).toEqual({ 0: 3 })
    await fold.settled(await publish('d'))
    expect(fold.replayed()).toBe(3)
    await fold.stop()
  })

  test('of an empty topic has caught up at once', async () => {
    const fold = world().start()
    await expect(fold.caughtUp).resolves.toBeUndefined()
    await fold.stop()
  })

  test('settles a position with what came of it, before and after it was applied', async () => {
    const { publish, start } = world()
    const fold = start()
    const position = await publish('a')
    expect(await fold.settled(position)).toBe('outcome of a')
    expect(await fold.settled(position)).toBe('outcome of a')
    await fold.stop()
  })

  test('an outcome may be undefined', async () => {
    const { publish, start } = world({ apply: () => undefined })
    const fold = start()
    const position = await publish('a')
    expect(await fold.settled(position)).toBeUndefined()
    expect(await fold.settled(position)).toBeUndefined()
    await fold.stop()
  })

  test('a passable record that cannot be read is passed over and counted, and has no outcome', async () => {
    const { log, publish, start, applied } = world()
    const fold = start()
    await fold.caughtUp
    const waiting = fold.settled({ partition: 0, offset: 0 })
    await log.append(TOPIC, [later('false')])
    await expect(waiting).rejects.toThrow(OutcomeUnknown)
    await expect(fold.settled({ partition: 0, offset: 0 })).rejects.toThrow(/passed over/)
    expect(await fold.settled(await publish('b'))).toBe('outcome of b')
    expect(fold.passedOver()).toBe(1)
    expect(fold.fault()).toBeUndefined()
    expect(applied).toEqual(['b'])
    await fold.stop()
  })

  test.each([
    ['says that it is critical', later('true')],
    ['does not say what it is, on a topic that decides rights', later(undefined)],
    ['is not an event at all', { key: 'k', headers: {}, value: Buffer.from('x') }],
  ])('a record that cannot be read and %s holds it up', async (_, record) => {
    const { log, publish, start, applied } = world()
    await publish('a')
    await log.append(TOPIC, [record])
    await publish('b')
    const fold = start()
    await expect(fold.caughtUp).rejects.toThrow(EventLogDamaged)
    expect(fold.fault()).toMatch(/sallyport.control 0\/1: record 1 cannot be read/)
    expect(applied).toEqual(['a'])
    await expect(fold.settled({ partition: 0, offset: 2 })).rejects.toThrow(EventLogDamaged)
    await fold.stop()
  })

  test('tells when it has come somewhere, also past what it passed over', async () => {
    const { log, publish, start, applied } = world()
    const fold = start()
    const reached = fold.reached({ 0: 2 })
    await publish('a')
    await log.append(TOPIC, [later('false')])
    await reached
    expect(applied).toEqual(['a'])
    await expect(fold.reached({ 0: 2 })).resolves.toBeUndefined()
    const never = fold.reached({ 0: 99 })
    await Promise.all([expect(never).rejects.toThrow(FoldEnded), fold.stop()])
  })

  test('a position whose outcome was forgotten rejects', async () => {
    const { publish, start } = world()
    const published = await Promise.all(Array.from({ length: 10_001 }, (_, nth) => publish(`${nth}`)))
    const fold = start()
    await fold.caughtUp
    await expect(fold.settled({ partition: 0, offset: 0 })).rejects.toThrow(/too long ago/)
    expect(await fold.settled({ partition: 0, offset: 10_000 })).toBe('outcome of 10000')
    expect(published).toHaveLength(10_001)
    await fold.stop()
  })

  test('a position before the one it began at rejects', async () => {
    const { publish, start, applied } = world()
    const first = await publish('a')
    await publish('b')
    const fold = start({ from: { 0: 1 } })
    await fold.caughtUp
    expect(applied).toEqual(['b'])
    await expect(fold.settled(first)).rejects.toThrow(OutcomeUnknown)
    await fold.stop()
  })

  test('what cannot be applied makes it unhealthy, applies nothing further and rejects the waiting callers', async () => {
    const { publish, start, applied } = world()
    for (const subject of ['a', 'throws', 'b']) await publish(subject)
    const fold = start()
    const waiting = fold.settled({ partition: 0, offset: 2 })
    await expect(fold.caughtUp).rejects.toThrow(FoldEnded)
    await expect(waiting).rejects.toThrow(/cannot apply throws/)
    await expect(fold.settled({ partition: 0, offset: 1 })).rejects.toThrow(FoldEnded)
    expect(fold.fault()).toMatch(/0\/1: cannot apply throws/)
    expect(applied).toEqual(['a'])
    expect(await fold.settled({ partition: 0, offset: 0 })).toBe('outcome of a')
  })

  test('stop rejects the waiting callers, applies nothing further and leaves a reason', async () => {
    const { publish, start, applied } = world()
    const fold = start()
    await fold.caughtUp
    const waiting = fold.settled({ partition: 0, offset: 0 })
    const stopped = fold.stop()
    await expect(waiting).rejects.toThrow(FoldEnded)
    await stopped
    await publish('late')
    expect(applied).toEqual([])
    expect(fold.fault()).toBe('stopped on request')
    await expect(fold.settled({ partition: 0, offset: 0 })).rejects.toThrow(FoldEnded)
    await expect(fold.stop()).resolves.toBeUndefined()
  })

  test('stopped before it caught up, it says so', async () => {
    const { publish, start } = world()
    await publish('a')
    const fold = start()
    const stopped = fold.stop()
    await expect(fold.caughtUp).rejects.toThrow(FoldEnded)
    await stopped
  })

  test.each<[string, Partial<EventLog>]>([
    ['ends', { ends: () => Promise.reject(new Error('')) }],
    [
      'read',
      {
        // biome-ignore lint/correctness/useYield: it fails before the first batch
        async *read() {
          throw new Error('')
        },
      },
    ],
  ])('a log that fails to answer %s leaves a reason even without words', async (_, broken) => {
    const { log, start } = world()
    await log.append(TOPIC, [{ key: 'k', headers: {}, value: Buffer.from('x') }])
    const fold = start({ log: { ...log, ...broken } })
    const waiting = fold.settled({ partition: 0, offset: 0 })
    await expect(waiting).rejects.toThrow(FoldEnded)
    await expect(fold.caughtUp).rejects.toThrow(FoldEnded)
    expect(fold.fault()).toBeTruthy()
  })

  test('a log that is away at the start is waited for, and callers are told why meanwhile', async () => {
    const { log, start, publish } = world()
    await publish('a')
    let away = true
    const asked = Promise.withResolvers<void>()
    const fold = start({
      log: {
        ...log,
        async ends(topic) {
          if (!away) return log.ends(topic)
          asked.resolve()
          throw new EventLogUnavailable('nobody answers')
        },
      },
    })
    await asked.promise
    await expect.poll(() => fold.fault()).toMatch(/nobody answers/)
    await expect(fold.settled({ partition: 0, offset: 0 })).rejects.toThrow(EventLogUnavailable)
    await expect(fold.reached({ 0: 1 })).rejects.toThrow(EventLogUnavailable)
    away = false
    await fold.caughtUp
    expect(fold.fault()).toBeUndefined()
    expect(await fold.settled({ partition: 0, offset: 0 })).toBe('outcome of a')
    await fold.stop()
  })

  test('a log that refuses this process is not waited for', async () => {
    const { log, start } = world()
    const fold = start({ log: { ...log, ends: () => Promise.reject(new EventLogRefused('wrong password')) } })
    await expect(fold.caughtUp).rejects.toThrow(/wrong password/)
  })

  test('a log that is closed ends the fold with a reason', async () => {
    const { log, start } = world()
    const fold = start()
    await fold.caughtUp
    const waiting = fold.settled({ partition: 0, offset: 0 })
    await log.close()
    await expect(waiting).rejects.toThrow(FoldEnded)
    expect(fold.fault()).toBe('the log ended the reading')
  })

  test('with a hundred thousand callers waiting it refuses another, and takes more when they are answered', async () => {
    const { publish, start } = world()
    const fold = start()
    await fold.caughtUp
    const waiting = Array.from({ length: 100_000 }, () => fold.settled({ partition: 0, offset: 0 }))
    await expect(fold.settled({ partition: 0, offset: 1 })).rejects.toThrow(EventLogOverloaded)
    await publish('a')
    expect(new Set(await Promise.all(waiting)).size).toBe(1)
    const next = fold.settled({ partition: 0, offset: 1 })
    await publish('b')
    expect(await next).toBe('outcome of b')
    await fold.stop()
  })

  test('a topic whose head was removed is caught up with all the same', async () => {
    const { log, start } = world()
    const fold = start({
      log: { ...log, ends: async () => ({ 0: 7 }), offsetsAt: async () => ({ 0: 7 }) },
    })
    await expect(fold.caughtUp).resolves.toBeUndefined()
    await expect(fold.settled({ partition: 0, offset: 6 })).rejects.toThrow(OutcomeUnknown)
    await fold.stop()
  })
})
