import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublisher, type EventLog, EventLogUnavailable, memoryEventLog } from '@sallyport/event-log'
import { type AnyNewEvent, decodeEvent, newEvent, type SallyportEvent } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { LateFile } from './late-file.ts'
import { LateRecords } from './late-records.ts'

const AT = new Date('2026-11-28T10:00:00.000Z')
const MUCH = 1024 * 1024

function closed(reason: string): AnyNewEvent {
  return newEvent(
    {
      type: 'sallyport.session.closed.v1',
      source: '/proxy',
      subject: 's',
      tenant: 'default',
      key: 'default/g',
      data: {
        gateway: { id: 'g', name: 'g' },
        upstream: 'files',
        session: null,
        protocolVersion: null,
        client: null,
        reason,
      },
    },
    AT,
  )
}

/** A log that takes nothing until it is told to. */
function outage() {
  const log = memoryEventLog()
  let away = true
  const flaky: EventLog = {
    ...log,
    append: (topic, records) =>
      away ? Promise.reject(new EventLogUnavailable('away')) : log.append(topic, records),
  }
  const recorded = async (): Promise<readonly SallyportEvent[]> => {
    const { 0: end = 0 } = await log.ends('sallyport.actions')
    const abort = new AbortController()
    const events: SallyportEvent[] = []
    if (end > 0)
      for await (const batch of log.read('sallyport.actions', { from: 'start', signal: abort.signal })) {
        events.push(...batch.map(decodeEvent))
        if (events.length >= end) break
      }
    return events
  }
  const back = () => {
    away = false
  }
  return { log: flaky, back, recorded }
}

function keeping({ log }: { readonly log: EventLog }, file: LateFile | null, maxBytes = MUCH): LateRecords {
  const late = new LateRecords({
    publisher: createPublisher({ log, producer: `proxy/${Math.random()}` }),
    file,
    maxBytes,
    clock: () => AT,
    logger: silentLogger,
    longestPauseMs: 5,
  })
  onTestFinished(() => late.stop())
  return late
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-late-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const reasonOf = (event: SallyportEvent) => (event.data as { reason?: string }).reason

test('what the log did not take is appended in its order when it is back, with its own time, and marked as late', async () => {
  const world = outage()
  const late = keeping(world, null)
  for (let n = 0; n < 250; n++) expect(late.keep(closed(`${n}`))).toBe(true)
  expect(late.counts()).toEqual({ kept: 250, late: 0, lost: 0 })
  world.back()
  await expect.poll(() => late.counts()).toEqual({ kept: 0, late: 250, lost: 0 })
  const events = await world.recorded()
  expect(events.map(reasonOf)).toEqual(Array.from({ length: 250 }, (_, n) => `${n}`))
  expect(new Set(events.map(({ late, time }) => `${late} ${time}`))).toEqual(
    new Set([`true ${AT.toISOString()}`]),
  )
})

test('what finds no room is counted, and the record says how many there were', async () => {
  const world = outage()
  const one = JSON.stringify(closed('0')).length
  const late = keeping(world, null, 2 * one)
  expect(['0', '1', '2', '3', '4'].map((reason) => late.keep(closed(reason)))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
  expect(late.counts()).toEqual({ kept: 2, late: 0, lost: 3 })
  world.back()
  await expect.poll(async () => (await world.recorded()).length).toBe(3)
  const [, , lost] = await world.recorded()
  expect(lost).toMatchObject({
    type: 'sallyport.record.lost.v1',
    data: { count: 3, since: AT.toISOString() },
  })
  // There is room again, and nothing is counted twice.
  expect(late.keep(closed('5'))).toBe(true)
  await expect.poll(async () => (await world.recorded()).length).toBe(4)
  expect(late.counts()).toEqual({ kept: 0, late: 3, lost: 3 })
})

test('it outlives the process on disk, for its owner only; half a line is counted as lost', async () => {
  const world = outage()
  const path = join(await folder(), 'new', 'late.jsonl')
  const before = keeping(world, new LateFile(path))
  await before.start()
  before.keep(closed('a'))
  before.keep(closed('b'))
  await before.stop()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await writeFile(path, `${await readFile(path, 'utf8')}{"id":"ha`)

  world.back()
  const after = keeping(world, new LateFile(path))
  await after.start()
  await expect.poll(() => after.counts()).toEqual({ kept: 0, late: 2, lost: 1 })
  expect((await world.recorded()).map(reasonOf).slice(0, 2)).toEqual(['a', 'b'])
  await expect.poll(() => readFile(path, 'utf8')).toBe('')
})

test('a disk that takes nothing leaves it in memory', async () => {
  const world = outage()
  const late = keeping(world, new LateFile('/proc/nowhere/late.jsonl'))
  expect(late.keep(closed('a'))).toBe(true)
  world.back()
  await expect.poll(() => late.counts()).toEqual({ kept: 0, late: 1, lost: 0 })
})
