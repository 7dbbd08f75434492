import { freePort, type NativeKafka, ownKafka } from '@sallyport/native'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EventLogClosed, EventLogUnavailable } from '../index.ts'
import { collect } from '../testing/contract-readers.ts'
import { kafkaEventLog } from './kafka-event-log.ts'

const record = { key: 'k', headers: {}, value: Buffer.from('x') }

test('without a broker every question ends at the deadline', async () => {
  const log = kafkaEventLog({
    brokers: [`127.0.0.1:${await freePort()}`],
    clientId: 'nobody',
    deadlineMs: 500,
  })
  await expect(log.append('t', [record])).rejects.toThrow(EventLogUnavailable)
  await expect(log.ping()).rejects.toThrow(EventLogUnavailable)
  await expect(log.ends('t')).rejects.toThrow(EventLogUnavailable)
  const abort = new AbortController()
  const reading = log.read('t', { from: 'start', signal: abort.signal })[Symbol.asyncIterator]().next()
  abort.abort()
  await expect(reading).resolves.toMatchObject({ done: true })
  await log.close()
  await expect(log.ping()).rejects.toThrow(EventLogClosed)
})

const kafka = await ownKafka()

describe.skipIf(!kafka.available)('kafka in trouble', { timeout: 180_000 }, () => {
  let broker: NativeKafka
  const open = (deadlineMs?: number) =>
    kafkaEventLog({ brokers: broker.brokers, clientId: 'troubles', ...(deadlineMs ? { deadlineMs } : {}) })
  beforeAll(async () => {
    broker = await kafka.start()
  })
  afterAll(async () => {
    await broker?.stop()
  })

  test('a topic that does not exist is unavailable to append and to read', async () => {
    const log = open(500)
    await expect(log.append('no-such-topic', [record])).rejects.toThrow(/there is no topic/)
    await expect(collect(log, 'no-such-topic', 'start', 1)).rejects.toThrow(EventLogUnavailable)
    await log.close()
  })

  test('the control topic always has one partition, the others as many as asked; making them again is nothing', async () => {
    const log = open()
    for (let twice = 0; twice < 2; twice++) await log.ensureTopics(['sallyport.control', 'sallyport.actions'])
    expect(Object.keys(await log.ends('sallyport.control'))).toEqual(['0'])
    expect(Object.keys(await log.ends('sallyport.actions'))).toHaveLength(6)
    await log.close()
  })

  test('an append given up at its deadline is not followed by one that is acknowledged and lost', async () => {
    const log = open(1000)
    await log.ensureTopics(['given-up'], 1)
    await log.append('given-up', [record])
    await broker.kill9()
    await expect(log.append('given-up', [record])).rejects.toThrow(EventLogUnavailable)
    await expect(log.ping()).rejects.toThrow(EventLogUnavailable)
    await broker.restart()
    await expect.poll(() => log.ping().then(() => 'well', String), { timeout: 30_000 }).toBe('well')
    const [position] = await log.append('given-up', [{ ...record, value: Buffer.from('after') }])
    const all = await collect(log, 'given-up', 'start', (position?.offset ?? 0) + 1)
    expect(Buffer.from(all[position?.offset ?? -1]?.value ?? []).toString()).toBe('after')
    await log.close()
  })

  test('a record too large for the broker is refused at once, and the next one is taken', async () => {
    const log = open()
    await log.ensureTopics(['large'], 1)
    const huge = { ...record, value: Buffer.alloc(9 * 1024 * 1024) }
    await expect(log.append('large', [huge])).rejects.toThrow(EventLogUnavailable)
    await expect(log.append('large', [record])).resolves.toEqual([{ partition: 0, offset: 0 }])
    await log.close()
  })
})
