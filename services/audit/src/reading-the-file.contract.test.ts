import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlView } from '@sallyport/control'
import { type EventLog, sqliteEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { readConfig, silentLogger } from '@sallyport/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmbeddedClickHouse } from './adapters/embedded-click-house.ts'
import { sqliteIntoClickHouse } from './adapters/sqlite-into-click-house.ts'
import { auditConfigSpec } from './config.ts'
import { readingTheFile } from './ingest-paths.ts'
import { createAuditService } from './service.ts'
import { type AuditRig, embedded, startRig } from './testing/audit-rig.ts'
import { gone } from './testing/gone.ts'
import { decided, encoder } from './testing/sample-events.ts'

const COUNTS = 'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(`offset`)) AS positions FROM events'
let folder: string
let file: string
let log: EventLog
let rig: AuditRig

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-file-'))
  file = join(folder, 'log.db')
  log = await sqliteEventLog({ path: file })
  rig = await startRig(embedded, {}, log, undefined, (options) => readingTheFile(options, file))
})

afterEach(async () => {
  await rig.stop()
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

const encode = encoder()
const append = (count: number) =>
  log.append(
    TOPICS.actions,
    Array.from({ length: count }, (_, n) => encode(decided(new Date(), { actionId: `a${n}` }))),
  )

test('what is appended while the engine reads is read too, once, and the log is written as before', async () => {
  for (let round = 1; round <= 5; round += 1) {
    await append(200)
    await Promise.all([rig.service.ingest.caughtUp(), append(100)])
  }
  await rig.service.ingest.caughtUp()
  expect(await rig.rows(COUNTS)).toEqual([{ rows: 1500, positions: 1500 }])
  await log.ping()
  // It stays one file with what SQLite keeps beside it: the engine leaves nothing there.
  expect(readdirSync(folder).toSorted()).toEqual([
    'log.db',
    'log.db-shm',
    'log.db-wal',
    'log.db.lock',
    'log.db.marks',
  ])
})

test('an engine that is killed while it reads leaves the log whole, and nothing is stored twice', async () => {
  const engine = rig.engine as EmbeddedClickHouse
  await append(3000)
  const pid = engine.pid() ?? 0
  process.kill(pid, 'SIGKILL')
  await gone(pid)
  await append(3000)
  await expect.poll(() => engine.pid(), { timeout: 20_000 }).not.toBe(pid)
  await engine.ready()
  await rig.service.ingest.caughtUp()
  expect(await rig.rows(COUNTS)).toEqual([{ rows: 6000, positions: 6000 }])
  await log.close()
  const again = await sqliteEventLog({ path: file })
  expect(await again.ends(TOPICS.actions)).toEqual({ 0: 6000 })
  await again.close()
})

test('records that the file does not have are an error, and nothing of their range is stored', async () => {
  await append(5)
  const destination = sqliteIntoClickHouse(rig.engine.client, file)
  const range = { topic: TOPICS.actions, partition: 0, from: 3, to: 9 }
  await expect(
    destination.deliver(range, { number: 1, signal: AbortSignal.timeout(20_000) }),
  ).rejects.toThrow(/does not have these records/)
})

test('a file that took the place of the log is not read, and a missing one is not made', async () => {
  const destination = sqliteIntoClickHouse(rig.engine.client, file)
  const range = { topic: TOPICS.actions, partition: 0, from: 0, to: 1 }
  const deliver = () => destination.deliver(range, { number: 1, signal: AbortSignal.timeout(20_000) })
  renameSync(file, `${file}.old`)
  await expect(deliver()).rejects.toMatchObject({ code: 'SP_AUDIT_LOG_REPLACED' })
  expect(() => statSync(file)).toThrow()
  const other = await sqliteEventLog({ path: join(folder, 'other.db') })
  await other.append(TOPICS.actions, [encode(decided(new Date(), { actionId: 'other' }))])
  await other.close()
  renameSync(join(folder, 'other.db'), file)
  await expect(deliver()).rejects.toMatchObject({ code: 'SP_AUDIT_LOG_REPLACED' })
  renameSync(`${file}.old`, file)
})

test('tables that were filled from another log are told from those of this one', async () => {
  await append(3)
  await rig.service.ingest.caughtUp()
  const emptied = await sqliteEventLog({ path: join(folder, 'new.db') })
  const clickhouse = { ...rig.engine, start() {}, stop: async () => {} }
  const options = { log: emptied, client: clickhouse.client, logger: silentLogger }
  const control = startControlView({ log: emptied })
  const service = createAuditService({
    config: readConfig(auditConfigSpec, {}),
    log: emptied,
    control,
    clickhouse,
    path: readingTheFile(options, join(folder, 'new.db')),
    clock: () => new Date(),
    logger: silentLogger,
  })
  await service.start()
  const reason = async () => (await service.ingest.health()).reason
  await expect.poll(reason, { timeout: 20_000 }).toMatch(/has more than the log of sallyport.actions/)
  // Nothing of a log that comes as far again is taken for what the tables have.
  const elsewhere = encoder('elsewhere')
  const records = Array.from({ length: 4 }, (_, n) => elsewhere(decided(new Date(), { actionId: `b${n}` })))
  await emptied.append(TOPICS.actions, records)
  await expect
    .poll(reason, { timeout: 20_000 })
    .toMatch(/has other records than the log of sallyport.actions/)
  expect(await rig.rows(COUNTS)).toEqual([{ rows: 3, positions: 3 }])
  await service.stop()
  await control.stop()
  await emptied.close()
})
