import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryEventLog, sqliteEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { afterEach, expect, test } from 'vitest'
import { embeddedClickHouse } from './adapters/embedded-click-house.ts'
import { embedded, startRig } from './testing/audit-rig.ts'
import { gone } from './testing/gone.ts'
import { decided, encoder } from './testing/sample-events.ts'

const EVENTS = 3000
const COUNTS =
  'SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(`partition`, `offset`)) AS positions FROM events'
const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

function records(count: number) {
  const encode = encoder()
  return Array.from({ length: count }, (_, n) => encode(decided(new Date(), { actionId: `a${n}` })))
}

test('the engine is killed again and again while it ingests: nothing is lost, nothing is stored twice', async () => {
  const log = memoryEventLog()
  await log.append(TOPICS.actions, records(EVENTS))
  const rig = await startRig(embedded, { SALLYPORT_AUDIT_BATCH_ROWS: '300' }, log)
  cleanups.push(() => rig.stop())
  const engine = rig.engine as ReturnType<typeof embeddedClickHouse>
  const killed = new Set<number>()
  rig.service.ingest.onStored((stored) => {
    const pid = engine.pid()
    if (pid === undefined || killed.size >= 3 || stored < (killed.size + 1) * 600) return
    killed.add(pid)
    process.kill(pid, 'SIGKILL')
  })
  await rig.service.ingest.caughtUp()
  expect(killed.size).toBe(3)
  expect(await rig.rows(COUNTS)).toEqual([{ rows: EVENTS, positions: EVENTS }])
  expect(await rig.service.ingest.health()).toMatchObject({ status: 'ok', facts: { lagEvents: 0 } })
  expect(await engine.health()).toMatchObject({ status: 'ok', facts: { restarts: 3 } })
})

test('an engine that is gone is named by health until it is back', async () => {
  const rig = await startRig(embedded)
  cleanups.push(() => rig.stop())
  const engine = rig.engine as ReturnType<typeof embeddedClickHouse>
  const pid = engine.pid() ?? 0
  process.kill(pid, 'SIGKILL')
  await gone(pid)
  await expect.poll(async () => (await engine.health()).status).toBe('down')
  expect(await engine.health()).toMatchObject({
    reason: expect.stringMatching(/ended with SIGKILL.*started again/),
  })
  await engine.ready()
  expect((await engine.health()).status).toBe('ok')
})

test('the whole process is killed while it ingests: the next one goes on, the engine ends with its parent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-crash-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const logPath = join(folder, 'log.sqlite')
  const path = join(folder, 'clickhouse')
  const log = await sqliteEventLog({ path: logPath })
  await log.append(TOPICS.actions, records(EVENTS))
  await log.close()

  for (const enough of [0, 900]) {
    const { child, engine } = await startProcess(logPath, path)
    await untilStored(child, enough)
    child.kill('SIGKILL')
    await Promise.all([once(child, 'exit'), gone(engine)])
  }
  const { child } = await startProcess(logPath, path)
  await message(child, 'caughtUp')
  child.send('stop')
  await once(child, 'exit')

  const engine = embeddedClickHouse({ path })
  cleanups.push(() => engine.stop())
  engine.start()
  await engine.ready()
  const result = await engine.client.query({ query: COUNTS, format: 'JSONEachRow' })
  expect(await result.json()).toEqual([{ rows: EVENTS, positions: EVENTS }])
})

async function startProcess(logPath: string, path: string): Promise<{ child: ChildProcess; engine: number }> {
  const program = fileURLToPath(new URL('./testing/crashing-process.ts', import.meta.url))
  const child = fork(program, [logPath, path, '300'], { execArgv: [] })
  cleanups.push(() => child.kill('SIGKILL'))
  return { child, engine: Number(await message(child, 'engine')) }
}

/** The value of the next message with this member. */
function message(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.on('message', (given: Record<string, unknown>) => given[name] !== undefined && resolve(given[name]))
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before ${name}`)))
  })
}

function untilStored(child: ChildProcess, enough: number): Promise<void> {
  return new Promise((resolve) => {
    child.on('message', (given: { stored?: number }) => {
      if ((given.stored ?? 0) > enough) resolve()
    })
  })
}
