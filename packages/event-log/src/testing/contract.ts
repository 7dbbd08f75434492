import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { EncodedEvent } from '@sallyport/events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EventLogClosed } from '../errors.ts'
import type { EventLog, Offsets, Position, StoredRecord } from '../port.ts'
import { advance, collect, drain, readerOf } from './contract-readers.ts'

/** What the contract needs of an adapter: the same storage opened again, and topics nobody else uses. */
export interface LogUnderTest {
  open(): Promise<EventLog>
  newTopic(log: EventLog): Promise<string>
  /** Whether records outlive `close`; what is kept in memory is also not bounded. */
  readonly durable: boolean
  dispose(): Promise<void>
}

/** What every log promises, whatever it stands on. */
export function eventLogContract(name: string, prepare: () => Promise<LogUnderTest>): void {
  describe(`the log contract on ${name}`, () => {
    let subject: LogUnderTest
    let log: EventLog

    beforeAll(async () => {
      subject = await prepare()
      log = await subject.open()
    })
    afterAll(async () => {
      await log?.close()
      await subject?.dispose()
    })

    test('a record comes back with the exact key, headers and bytes', async () => {
      const topic = await subject.newTopic(log)
      const records = [
        {
          key: 'tenant/gätewäy ✓',
          headers: { a: '', b: 'ünïcode ✓', 'c-d': '"quoted" \\ \n' },
          value: allBytes,
        },
        { key: 'k', headers: {}, value: Buffer.from('{}') },
      ]
      const before = Date.now()
      for (const record of records) await log.append(topic, [record])
      const read = await collect(log, topic, 'start', 2)
      for (const record of records) {
        const found = read.find(({ key }) => key === record.key)
        expect({ ...found, value: Buffer.from(found?.value ?? []) }).toMatchObject(record)
        expect(Object.keys(found?.headers ?? {}).sort()).toEqual(Object.keys(record.headers).sort())
        expect(found?.appendedAt).toBeGreaterThan(before - 60_000)
        expect(found?.topic).toBe(topic)
      }
    })

    test('a value of one mebibyte comes back whole', async () => {
      const topic = await subject.newTopic(log)
      const value = Buffer.alloc(1024 * 1024, allBytes)
      await log.append(topic, [{ key: 'k', headers: {}, value }])
      const [record] = await collect(log, topic, 'start', 1)
      expect(value.equals(record?.value ?? Buffer.alloc(0))).toBe(true)
    })

    test('records of one key are read in the order of their appends, at the positions append named', async () => {
      const topic = await subject.newTopic(log)
      const appended: { position: Position | undefined; name: string }[] = []
      for (let batch = 0; batch < 20; batch++) {
        const names = [0, 1, 2, 3, 4].map((nth) => `${batch}.${nth}`)
        const positions = await log.append(
          topic,
          names.map((text) => record('one-key', text)),
        )
        for (const [nth, name] of names.entries()) appended.push({ position: positions[nth], name })
      }
      const read = await collect(log, topic, 'start', 100)
      expect(
        read.map(({ partition, offset, value }) => ({ position: { partition, offset }, name: text(value) })),
      ).toEqual(appended)
    })

    test('one append of several keys names the position of each record', async () => {
      const topic = await subject.newTopic(log)
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`)
      const records = keys.flatMap((key) => [record(key, `${key} first`), record(key, `${key} second`)])
      const positions = await log.append(topic, records)
      const read = await collect(log, topic, 'start', records.length)
      const at = new Map(read.map((one) => [`${one.partition}/${one.offset}`, text(one.value)]))
      expect(positions.map(({ partition, offset }) => at.get(`${partition}/${offset}`))).toEqual(
        records.map(({ value }) => text(value)),
      )
      for (const key of keys) {
        expect(read.filter((one) => one.key === key).map(({ value }) => text(value))).toEqual([
          `${key} first`,
          `${key} second`,
        ])
      }
    })

    test('appends at once by many callers are each in the log once', async () => {
      const topic = await subject.newTopic(log)
      const names = Array.from({ length: 300 }, (_, index) => `event ${index}`)
      await Promise.all(names.map((name, index) => log.append(topic, [record(`key ${index % 7}`, name)])))
      const read = await collect(log, topic, 'start', names.length)
      expect(read.map(({ value }) => text(value)).sort()).toEqual([...names].sort())
    })

    test('ends says where the next records go', async () => {
      const topic = await subject.newTopic(log)
      const before = await log.ends(topic)
      const [position] = await log.append(topic, [record('k', 'x')])
      const { partition = -1, offset = -1 } = position ?? {}
      expect(before[partition]).toBe(offset)
      expect((await log.ends(topic))[partition]).toBe(offset + 1)
    })

    test('a reader that resumes from its offsets has no gap and no repeat', async () => {
      const topic = await subject.newTopic(log)
      const names = Array.from({ length: 60 }, (_, index) => `event ${index}`)
      await log.append(
        topic,
        names.map((name, index) => record(`key ${index % 5}`, name)),
      )
      const seen: string[] = []
      let from: 'start' | Offsets = 'start'
      while (seen.length < names.length) {
        const some = await collect(log, topic, from, 1, 7)
        seen.push(...some.map(({ value }) => text(value)))
        from = advance(from, some)
      }
      expect(seen.toSorted()).toEqual(names.toSorted())
    })

    test('reading by time begins with the first record at or after it', async () => {
      const topic = await subject.newTopic(log)
      await log.append(topic, [record('k', 'old')])
      const [old] = await collect(log, topic, 'start', 1)
      await nextMillisecond(old?.appendedAt ?? 0)
      await log.append(topic, [record('k', 'new')])
      const all = await collect(log, topic, 'start', 2)
      const times = all.map(({ appendedAt }) => appendedAt)
      expect(times[1]).toBeGreaterThan(times[0] ?? Number.POSITIVE_INFINITY)
      const byTime = await collect(log, topic, await log.offsetsAt(topic, times[1] ?? 0), 1)
      expect(byTime.map(({ value }) => text(value))).toEqual(['new'])
      expect(await log.offsetsAt(topic, (times[1] ?? 0) + 3_600_000)).toEqual(await log.ends(topic))
      expect(await collect(log, topic, await log.offsetsAt(topic, 0), 2)).toHaveLength(2)
    })

    test('a reader that waits at the end is woken by an append', async () => {
      const topic = await subject.newTopic(log)
      await log.append(topic, [record('k', 'before')])
      await using reader = readerOf(log, topic)
      expect(text((await reader.next())[0]?.value)).toBe('before')
      const waiting = reader.next()
      await log.append(topic, [record('k', 'after')])
      expect(text((await waiting)[0]?.value)).toBe('after')
    })

    test('batches are no larger than was asked', async () => {
      const topic = await subject.newTopic(log)
      await log.append(
        topic,
        Array.from({ length: 25 }, (_, index) => record('k', `${index}`)),
      )
      const sizes: number[] = []
      const abort = new AbortController()
      for await (const batch of log.read(topic, { from: 'start', maxBatch: 10, signal: abort.signal })) {
        sizes.push(batch.length)
        if (sizes.reduce((sum, size) => sum + size, 0) === 25) abort.abort()
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(10)
    })

    test('a reader that stands still blocks no append, and nothing piles up for it', async () => {
      const topic = await subject.newTopic(log)
      await log.append(topic, [record('k', 'first')])
      await using reader = readerOf(log, topic)
      await reader.next()
      const before = await heldBytes()
      const value = Buffer.alloc(1024 * 1024, 'x')
      for (let nth = 0; nth < 96; nth++) await log.append(topic, [{ key: 'k', headers: {}, value }])
      // The adapters' threads leave up to 70 MiB of garbage before they collect it.
      if (subject.durable) expect((await heldBytes()) - before).toBeLessThan(80 * 1024 * 1024)
      let rest = 0
      while (rest < 96) rest += (await reader.next()).length
      expect(rest).toBe(96)
    })

    test('many readers at once each have every record', async () => {
      const topic = await subject.newTopic(log)
      const readers = Array.from({ length: 8 }, () => collect(log, topic, 'start', 50))
      for (let nth = 0; nth < 50; nth++) await log.append(topic, [record('k', `${nth}`)])
      for (const read of await Promise.all(readers)) {
        expect(read.map(({ value }) => text(value))).toEqual(Array.from({ length: 50 }, (_, nth) => `${nth}`))
      }
    })

    test('a reader ends without an error when it is aborted', async () => {
      const topic = await subject.newTopic(log)
      const abort = new AbortController()
      const ended = drain(log, topic, abort.signal)
      abort.abort()
      await expect(ended).resolves.toBe(0)
      await expect(drain(log, topic, AbortSignal.abort())).resolves.toBe(0)
    })

    test('it answers a ping', async () => {
      await expect(log.ping()).resolves.toBeUndefined()
    })

    test('close waits for appends on their way, refuses later ones and ends the readers', async () => {
      const other = await subject.open().catch(() => undefined)
      const closing = other ?? log
      const topic = await subject.newTopic(closing)
      const reader = drain(closing, topic, new AbortController().signal)
      const onTheirWay = Array.from({ length: 20 }, (_, nth) =>
        closing.append(topic, [record('k', `${nth}`)]),
      )
      const closed = closing.close()
      await expect(closing.append(topic, [record('k', 'late')])).rejects.toThrow(EventLogClosed)
      await expect(Promise.all(onTheirWay)).resolves.toHaveLength(20)
      await closed
      await reader
      await expect(closing.ping()).rejects.toThrow(EventLogClosed)
      await expect(closing.close()).resolves.toBeUndefined()
      if (!other && subject.durable) log = await subject.open()
      if (subject.durable) expect(await collect(log, topic, 'start', 20)).toHaveLength(20)
    })

    test('what was acknowledged is there when the log is opened again', async ({ skip }) => {
      skip(!subject.durable, 'kept in memory')
      const topic = await subject.newTopic(log)
      const positions = await log.append(topic, [record('a', 'kept'), record('b', 'kept too')])
      await log.close()
      log = await subject.open()
      const read = await collect(log, topic, 'start', 2)
      expect(read.map(({ value }) => text(value)).sort()).toEqual(['kept', 'kept too'])
      const [next] = await log.append(topic, [record('a', 'goes on')])
      expect(next).toEqual({ partition: positions[0]?.partition, offset: (await lastBefore(read, next)) + 1 })
    })
  })
}

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

function record(key: string, value: string): EncodedEvent {
  return { key, headers: { ce_id: value }, value: Buffer.from(value) }
}

function text(value: Uint8Array | undefined): string {
  return Buffer.from(value ?? []).toString('utf8')
}

async function lastBefore(read: readonly StoredRecord[], next: Position | undefined): Promise<number> {
  return Math.max(
    ...read.filter(({ partition }) => partition === next?.partition).map(({ offset }) => offset),
  )
}

/** Two appends in one millisecond could not be told apart by time. */
async function nextMillisecond(time: number): Promise<void> {
  while (Date.now() <= time + 1) await delay(1)
}

/** The bytes of buffers in use, without those that are garbage. */
async function heldBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  await new Promise(setImmediate)
  gc()
  return process.memoryUsage().arrayBuffers
}
