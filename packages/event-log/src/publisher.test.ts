import { type EncodedEvent, GENESIS_HASH, recordHash } from '@sallyport/events'
import { describe, expect, test } from 'vitest'
import { verifyChain } from './chain.ts'
import { EventLogClosed, EventLogOverloaded, EventLogUnavailable, EventTooLarge } from './errors.ts'
import { memoryEventLog } from './memory.ts'
import type { EventLog, StoredRecord } from './port.ts'
import { createPublisher } from './publisher.ts'
import { sampleEvent } from './testing/sample-event.ts'

const TOPIC = 'sallyport.control'

/** A memory log whose appends go wrong, or wait, when told; `appends` has what each was asked for. */
function troubledLog() {
  const log = memoryEventLog()
  const appends: (readonly EncodedEvent[])[] = []
  let trouble: (() => Promise<void>) | undefined
  const append: EventLog['append'] = async (topic, records) => {
    appends.push(records)
    const now = trouble
    trouble = undefined
    await now?.()
    return log.append(topic, records)
  }
  return {
    log: { ...log, append },
    appends,
    nextAppend(does: () => Promise<void>) {
      trouble = does
    },
  }
}

async function stored(log: EventLog): Promise<StoredRecord[]> {
  const { 0: end = 0 } = await log.ends(TOPIC)
  if (end === 0) return []
  const abort = new AbortController()
  const records: StoredRecord[] = []
  for await (const batch of log.read(TOPIC, { from: 'start', signal: abort.signal })) {
    records.push(...batch)
    if (records.length >= end) abort.abort()
  }
  return records
}

const stampOf = ({ headers }: EncodedEvent) => [
  headers['ce_producer'],
  Number(headers['ce_epoch']),
  Number(headers['ce_seq']),
]

const down = async () => {
  throw new EventLogUnavailable('made up')
}

describe('the publisher', () => {
  test('events of many callers form one chain without gaps', async () => {
    const { log } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    await Promise.all(Array.from({ length: 50 }, (_, nth) => publisher.publish(sampleEvent(`e${nth}`))))
    const records = await stored(log)
    expect(records.map(stampOf)).toEqual(Array.from({ length: 50 }, (_, nth) => ['p/1', 1, nth]))
    expect(records[0]?.headers['ce_prevhash']).toBe(GENESIS_HASH)
    expect(verifyChain(records)).toEqual([])
  })

  test('each caller learns the position of its own event', async () => {
    const log = memoryEventLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    const subjects = ['a', 'b', 'c', 'd']
    const positions = await Promise.all(subjects.map((subject) => publisher.publish(sampleEvent(subject))))
    const records = await stored(log)
    expect(positions.map(({ offset }) => records[offset]?.headers['ce_subject'])).toEqual(subjects)
  })

  test('after a failed append a new epoch begins at 0 and names the last acknowledged event', async () => {
    const { log, nextAppend } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    await publisher.publish(sampleEvent('kept 1'))
    await publisher.publish(sampleEvent('kept 2'))
    nextAppend(down)
    await expect(publisher.publish(sampleEvent('lost'))).rejects.toThrow(EventLogUnavailable)
    await publisher.publish(sampleEvent('kept 3'))
    const records = await stored(log)
    expect(records.map(stampOf)).toEqual([
      ['p/1', 1, 0],
      ['p/1', 1, 1],
      ['p/1', 2, 0],
    ])
    expect(records[2]?.headers['ce_prevhash']).toBe(records[1] && recordHash(records[1]))
    expect(verifyChain(records)).toEqual([])
  })

  test('an append that failed and was written all the same does not leave a gap', async () => {
    const log = memoryEventLog()
    let answers = true
    const append: EventLog['append'] = async (topic, records) => {
      const positions = await log.append(topic, records)
      if (answers) return positions
      throw new EventLogUnavailable('made up')
    }
    const publisher = createPublisher({ log: { ...log, append }, producer: 'p/1' })
    await publisher.publish(sampleEvent('kept'))
    answers = false
    await expect(publisher.publish(sampleEvent('written'))).rejects.toThrow(EventLogUnavailable)
    answers = true
    await publisher.publish(sampleEvent('after'))
    expect(verifyChain(await stored(log))).toEqual([])
    expect(await stored(log)).toHaveLength(3)
  })

  test('what waited behind a failed append is told so at once', async () => {
    const { log, appends, nextAppend } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    const gate = Promise.withResolvers<void>()
    nextAppend(() => gate.promise)
    const first = publisher.publish(sampleEvent('first'))
    await expect.poll(() => appends.length).toBe(1)
    const second = publisher.publish(sampleEvent('second'))
    gate.reject(new EventLogUnavailable('made up'))
    await expect(Promise.allSettled([first, second])).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ])
    expect(appends).toHaveLength(1)
    await expect(publisher.publish(sampleEvent('third'))).resolves.toMatchObject({ offset: 0 })
  })

  test('an event that breaks its schema fails alone and leaves no gap', async () => {
    const log = memoryEventLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    const broken = { ...sampleEvent('broken'), data: { id: 'x' } } as unknown as ReturnType<
      typeof sampleEvent
    >
    const outcomes = await Promise.allSettled([
      publisher.publish(sampleEvent('a')),
      publisher.publish(broken),
      publisher.publish(sampleEvent('b')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await stored(log)).map(stampOf)).toEqual([
      ['p/1', 1, 0],
      ['p/1', 1, 1],
    ])
  })

  test('a batch has at most so many events and so many bytes', async () => {
    const { log, appends, nextAppend } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1', maxBatch: 10 })
    const gate = Promise.withResolvers<void>()
    nextAppend(() => gate.promise)
    const published = [publisher.publish(sampleEvent('first'))]
    await expect.poll(() => appends.length).toBe(1)
    for (let nth = 0; nth < 25; nth++) published.push(publisher.publish(sampleEvent(`small ${nth}`)))
    for (let nth = 0; nth < 4; nth++) {
      published.push(publisher.publish(keyed(sampleEvent(`large ${nth}`), 200 * 1024)))
    }
    gate.resolve()
    await Promise.all(published)
    expect(Math.max(...appends.map((batch) => batch.length))).toBe(10)
    expect(appends.slice(-3).map((batch) => batch.length)).toEqual([1, 1, 1])
  })

  test('beyond the limits on what waits it refuses, and takes more when there is room', async () => {
    const { log, appends, nextAppend } = troubledLog()
    const few = createPublisher({ log, producer: 'p/1', maxWaiting: 2 })
    const gate = Promise.withResolvers<void>()
    nextAppend(() => gate.promise)
    const taken = [few.publish(sampleEvent('1')), few.publish(sampleEvent('2'))]
    await expect(few.publish(sampleEvent('3'))).rejects.toThrow(EventLogOverloaded)
    await expect.poll(() => appends.length).toBe(1)
    gate.resolve()
    await Promise.all(taken)
    await expect(few.publish(sampleEvent('4'))).resolves.toBeDefined()

    const light = createPublisher({ log, producer: 'p/2', maxWaitingBytes: 1000 })
    await expect(light.publish(keyed(sampleEvent('heavy'), 2000))).rejects.toThrow(EventLogOverloaded)
  })

  test('an event larger than four mebibytes is refused before it is appended', async () => {
    const { log, appends } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    const huge = keyed(sampleEvent('huge'), 5 * 1024 * 1024)
    await expect(publisher.publish(huge)).rejects.toThrow(EventTooLarge)
    expect(appends).toEqual([])
  })

  test('a batch for several partitions is stamped in the order in which the partitions are written', async () => {
    const { log, appends, nextAppend } = troubledLog()
    const partitioned = {
      ...log,
      partitionsOf: async (_: string, keys: readonly string[]) => keys.map(Number),
    }
    const publisher = createPublisher({ log: partitioned, producer: 'p/1' })
    const gate = Promise.withResolvers<void>()
    nextAppend(() => gate.promise)
    const published = [publisher.publish(sampleEvent('first', { key: '0' }))]
    await expect.poll(() => appends.length).toBe(1)
    for (const key of ['2', '0', '1', '2', '0']) published.push(publisher.publish(sampleEvent('x', { key })))
    gate.resolve()
    await Promise.all(published)
    expect(appends[1]?.map(({ key }) => key)).toEqual(['0', '0', '1', '2', '2'])
    expect(appends[1]?.map((record) => stampOf(record)[2])).toEqual([1, 2, 3, 4, 5])
  })

  test('close waits for what is on its way and refuses what comes later', async () => {
    const { log, appends, nextAppend } = troubledLog()
    const publisher = createPublisher({ log, producer: 'p/1' })
    const gate = Promise.withResolvers<void>()
    nextAppend(() => gate.promise)
    const onItsWay = [publisher.publish(sampleEvent('1'))]
    await expect.poll(() => appends.length).toBe(1)
    onItsWay.push(publisher.publish(sampleEvent('2')))
    const closed = publisher.close()
    await expect(publisher.publish(sampleEvent('late'))).rejects.toThrow(EventLogClosed)
    gate.resolve()
    await closed
    expect(await stored(log)).toHaveLength(2)
    await Promise.all(onItsWay)
  })
})

/** The key is the one part without a limit in its schema. */
function keyed(event: ReturnType<typeof sampleEvent>, length: number): ReturnType<typeof sampleEvent> {
  return { ...event, key: 'k'.repeat(length) }
}
