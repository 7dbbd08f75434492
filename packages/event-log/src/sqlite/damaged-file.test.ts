import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { acceptedDamage, createPublisher, type EventLog, requireWhole, sqliteEventLog } from '../index.ts'
import { sampleEvent } from '../testing/sample-event.ts'

const TOPIC = 'sallyport.control'
/** Of a write-ahead log with pages of 4096 bytes. */
const WAL_HEADER = 32
const FRAME = 24 + 4096

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-damage-'))
  path = join(folder, 'log.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(subjects: readonly string[], producer = 'p'): Promise<void> {
  const log = await sqliteEventLog({ path })
  const publisher = createPublisher({ log, producer })
  for (const subject of subjects) await publisher.publish(sampleEvent(subject))
  await publisher.close()
  await log.close()
}

/** What a start finds: it opens the log and refuses, or says nothing. */
async function found(): Promise<readonly string[]> {
  const log = await sqliteEventLog({ path })
  const what = (log.damage ?? []).map(({ topic, kind, what }) => `${topic} ${kind}: ${what}`)
  await log.close()
  return what
}

function change(sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

/** A process that appends one event after the other and is killed at so many. */
async function killedAfter(events: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../testing/appending-process.ts'), 'sqlite', path, TOPIC, 'p', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let appended = 0
  for await (const _ of createInterface(child.stdout)) {
    appended += 1
    if (appended === events) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** After a checkpoint the file keeps its length, and frames of before lie behind those in use. */
function framesInUse(wal: Buffer): number {
  const salts = wal.subarray(16, 24)
  let frames = 0
  while (wal.subarray(WAL_HEADER + frames * FRAME + 8, WAL_HEADER + frames * FRAME + 16).equals(salts))
    frames += 1
  return frames
}

describe('a log that is whole says nothing', () => {
  test('after it was closed, after it was killed, and when its marks are from before', async () => {
    await write(['a', 'b'])
    expect(await found()).toEqual([])
    const marks = await readFile(`${path}.marks`)
    await write(['c'], 'q')
    expect(await found()).toEqual([])
    await writeFile(`${path}.marks`, marks)
    expect(await found()).toEqual([])
    await rm(folder, { recursive: true })
    await killedAfter(50)
    expect(await found()).toEqual([])
    await killedAfter(50)
    expect(await found()).toEqual([])
  })

  test('when its marks are gone or cannot be read, as those of an earlier release', async () => {
    await write(['a', 'b'])
    await writeFile(`${path}.marks`, '{"sallyport.control":{"end":99')
    expect(await found()).toEqual([])
    await rm(`${path}.marks`)
    expect(await found()).toEqual([])
    // From then on it has some.
    change('DELETE FROM records WHERE offset = 1')
    expect(await found()).toEqual([expect.stringMatching(/rewound: it ends at 1 and had come to 2/)])
  })
})

describe('a log that is not what was written says so', () => {
  test.each([10, 30, 1000])('where %i frames were cut from its write-ahead log', async (frames) => {
    await killedAfter(200)
    const whole = framesInUse(await readFile(`${path}-wal`))
    await truncate(`${path}-wal`, WAL_HEADER + Math.max(0, whole - frames) * FRAME)
    expect(await found()).toEqual([
      expect.stringMatching(/^sallyport.control rewound: it ends at \d+ and had come to \d+/),
    ])
  })

  test('where its write-ahead log is gone', async () => {
    await killedAfter(200)
    await rm(`${path}-wal`)
    const opened = await found().catch((reason: Error) => [reason.message])
    expect(opened).toEqual([expect.stringMatching(/rewound: it ends at 0|cannot be read as an event log/)])
  })

  test('where an old one was restored, and where one of another history was', async () => {
    await write(['a', 'b'])
    await copyFile(path, join(folder, 'old.db'))
    await write(['c', 'd'], 'q')
    await copyFile(join(folder, 'old.db'), path)
    expect(await found()).toEqual([expect.stringMatching(/rewound: it ends at 2 and had come to 4/)])
    // Also when it is looked at again: nothing was written that hides it.
    expect(await found()).toHaveLength(1)
    change(
      'UPDATE records SET offset = offset + 0; INSERT INTO records SELECT topic, offset + 2, appended_at, key, headers, value FROM records',
    )
    expect(await found()).toEqual([expect.stringMatching(/altered: record 3 is another one/)])
  })

  test('where the file was removed', async () => {
    await write(['a', 'b'])
    await rm(path)
    expect(await found()).toEqual([expect.stringMatching(/rewound: it ends at 0 and had come to 2/)])
  })

  test('where its last record was altered', async () => {
    await write(['a', 'b'])
    change("UPDATE records SET value = CAST('{}' AS BLOB) WHERE offset = 1")
    expect(await found()).toEqual([expect.stringMatching(/altered: record 1 is another one/)])
  })

  test.each([
    ['in the middle', 'offset = 2', /missing: record 2 is missing/],
    ['at its beginning', 'offset < 2', /missing: the records 0 to 1 are missing/],
    ['at its end', 'offset >= 3', /rewound: it ends at 3 and had come to 5/],
  ])('where rows were deleted %s', async (_, rows, damage) => {
    await write(['a', 'b', 'c', 'd', 'e'])
    change(`DELETE FROM records WHERE ${rows}`)
    expect(await found()).toEqual([expect.stringMatching(damage)])
    // A fold that begins does not take the hole for a head that is not kept.
    const log = await sqliteEventLog({ path })
    expect(await log.offsetsAt(TOPIC, 0)).toEqual({ 0: 0 })
    await log.close()
  })
})

test('an operator accepts it with a reason, and the next start finds nothing that nobody accepted', async () => {
  await write(['a', 'b', 'c', 'd', 'e'])
  change('DELETE FROM records WHERE offset IN (1, 4)')
  const refused = await sqliteEventLog({ path })
  await expect(requireWhole(refused, acceptedDamage(refused))).rejects.toThrow(
    /control 0\/4: it ends at 4 .*and 1 more/,
  )
  await refused.close()

  const log = await sqliteEventLog({ path })
  const publisher = createPublisher({ log, producer: 'operator' })
  const publish = (event: Parameters<typeof publisher.publish>[0]) => publisher.publish(event)
  await requireWhole(log, acceptedDamage(log, { reason: 'a bad sector', by: 'dana', publish }))
  expect(await log.ends(TOPIC)).toEqual({ 0: 6 })
  await log.close()

  const again: EventLog = await sqliteEventLog({ path })
  expect(again.damage).toMatchObject([{ offset: 1, kind: 'missing' }])
  await expect(requireWhole(again, acceptedDamage(again))).resolves.toBeUndefined()
  await again.close()
})
