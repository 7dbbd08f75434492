import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublisher, memoryEventLog } from '@sallyport/event-log'
import { type AnyNewEvent, DEFAULT_TENANT, newEvent, TOPICS } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'
import { expect, onTestFinished, test } from 'vitest'
import { LateFile } from './late-file.ts'
import { LateRecords } from './late-records.ts'

function event(count: number): AnyNewEvent {
  const at = new Date(0).toISOString()
  const about = { source: '/proxy', subject: 'record', tenant: DEFAULT_TENANT, key: DEFAULT_TENANT }
  const data = { count, since: at, until: at, reason: 'the disk was full' }
  return newEvent({ type: 'sallyport.record.lost.v1', ...about, data }, new Date(0))
}

async function torn() {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-late-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'late.jsonl')
  await writeFile(path, `${JSON.stringify(event(1))}\n${JSON.stringify(event(2)).slice(0, 40)}`)
  return path
}

test('half a line, from a full disk or a crash, does not take the next event with it', async () => {
  const path = await torn()
  const file = new LateFile(path)
  expect(await file.read()).toMatchObject({ events: [{ data: { count: 1 } }], unreadable: 1 })
  await file.append(JSON.stringify(event(3)))
  await file.append(JSON.stringify(event(4)))
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(5)
  expect(await new LateFile(path).read()).toMatchObject({
    events: [{ data: { count: 1 } }, { data: { count: 3 } }, { data: { count: 4 } }],
    unreadable: 1,
  })
})

test('what an earlier process left and cannot be read is counted as lost, and the count is recorded', async () => {
  const log = memoryEventLog()
  const publisher = createPublisher({ log, producer: 'proxy/1' })
  const late = new LateRecords({
    publisher,
    file: new LateFile(await torn()),
    maxBytes: 1_000_000,
    clock: () => new Date(0),
    logger: silentLogger,
  })
  onTestFinished(() => late.stop())
  await late.start()
  await expect.poll(() => log.ends(TOPICS.actions)).toEqual({ 0: 2 })
  expect(late.counts()).toEqual({ kept: 0, late: 1, lost: 1 })
})
