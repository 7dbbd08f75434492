import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EventLogClosed, EventLogLocked, EventLogUnavailable, EventLogUnreadable } from '../errors.ts'
import { sqliteEventLog } from '../index.ts'

const run = promisify(execFile)
const record = { key: 'k', headers: {}, value: Buffer.from('x') }

describe('the sqlite log', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-sqlite-'))
    path = join(folder, 'data/log.db')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('its files are for their owner only', async () => {
    const log = await sqliteEventLog({ path })
    await log.append('t', [record])
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}.lock`]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600)
    }
    await log.close()
  })

  test('a second instance is refused, in this process and in another, and the first goes on', async () => {
    const log = await sqliteEventLog({ path })
    await expect(sqliteEventLog({ path })).rejects.toThrow(EventLogLocked)
    const code = `await (await import(${JSON.stringify(import.meta.resolve('./sqlite-event-log.ts'))})).sqliteEventLog({ path: ${JSON.stringify(path)} })`
    const other = run(process.execPath, ['--input-type=module', '-e', code])
    await expect(other).rejects.toMatchObject({ stderr: expect.stringContaining('SP_EVENT_LOG_LOCKED') })
    await expect(log.append('t', [record])).resolves.toEqual([{ partition: 0, offset: 0 }])
    await log.close()
    const next = await sqliteEventLog({ path })
    expect(await next.ends('t')).toEqual({ 0: 1 })
    await next.close()
  })

  test('a file that is not a database is refused and left as it was', async () => {
    path = join(folder, 'log.db')
    await writeFile(path, 'these are notes and not a log\n'.repeat(50))
    await expect(sqliteEventLog({ path })).rejects.toThrow(EventLogUnreadable)
    expect((await stat(path)).size).toBe(30 * 50)
  })

  test("somebody else's database is refused", async () => {
    path = join(folder, 'log.db')
    const theirs = new DatabaseSync(path)
    theirs.exec('CREATE TABLE theirs (id INTEGER)')
    theirs.close()
    await expect(sqliteEventLog({ path })).rejects.toThrow(/something else/)
  })

  test('a log of a later version is refused', async () => {
    await (await sqliteEventLog({ path })).close()
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 99')
    db.close()
    await expect(sqliteEventLog({ path })).rejects.toThrow(/format is 99/)
  })

  test('a path that cannot be is unavailable', async () => {
    await writeFile(join(folder, 'data'), 'a file where the folder should be')
    await expect(sqliteEventLog({ path })).rejects.toThrow(EventLogUnavailable)
  })

  test('beyond the bytes in flight append waits for room, and closing ends the wait', async () => {
    const log = await sqliteEventLog({ path, maxBytesInFlight: 1000 })
    const large = { ...record, value: Buffer.alloc(900) }
    const appends = Array.from({ length: 5 }, () => log.append('t', [large]))
    await Promise.all(appends)
    expect(await log.ends('t')).toEqual({ 0: 5 })
    const last = Promise.allSettled([log.append('t', [large]), log.append('t', [large])])
    await log.close()
    expect(await last).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expect.any(EventLogClosed) },
    ])
  })

  test('a clock that goes back does not make times go back', async () => {
    const log = await sqliteEventLog({ path })
    await log.append('t', [record])
    await log.close()
    const ahead = Date.now() + 3_600_000
    const db = new DatabaseSync(path)
    db.exec(`UPDATE records SET appended_at = ${ahead}`)
    db.close()
    const again = await sqliteEventLog({ path })
    await again.append('t', [record])
    expect(await again.offsetsAt('t', ahead)).toEqual({ 0: 0 })
    expect(await again.offsetsAt('t', ahead + 1)).toEqual({ 0: 2 })
    await again.close()
  })

  test('on a full disk an append is not acknowledged, the ping says why, and what was there stays', async () => {
    const code = `
      const { sqliteEventLog } = await import(${JSON.stringify(import.meta.resolve('./sqlite-event-log.ts'))})
      const log = await sqliteEventLog({ path: ${JSON.stringify(path)} })
      let taken = 0
      try {
        for (;;) { await log.append('t', [{ key: 'k', headers: {}, value: Buffer.alloc(10_000) }]); taken += 1 }
      } catch (reason) {
        const ping = await log.ping().then(() => 'well', ({ code }) => code)
        console.log(JSON.stringify({ taken, code: reason.code, ping }))
        process.exit()
      }`
    // No file may grow beyond 300 blocks of 512 bytes; without the trap that is a signal and not an error.
    const limited = `trap '' XFSZ; ulimit -f 300; exec "$0" --input-type=module -e "$1"`
    const { stdout } = await run('sh', ['-c', limited, process.execPath, code])
    const { taken, ...rest } = JSON.parse(stdout)
    expect(rest).toEqual({ code: 'SP_EVENT_LOG_UNAVAILABLE', ping: 'SP_EVENT_LOG_UNAVAILABLE' })
    expect(taken).toBeGreaterThan(3)
    const log = await sqliteEventLog({ path })
    expect(await log.ends('t')).toEqual({ 0: taken })
    await expect(log.append('t', [record])).resolves.toEqual([{ partition: 0, offset: taken }])
    await log.close()
  })
})
