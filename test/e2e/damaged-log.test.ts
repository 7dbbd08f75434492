import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createPublisher, sqliteEventLog } from '@sallyport/event-log'
import { newEvent } from '@sallyport/events'
import { expect, onTestFinished, test } from 'vitest'
import { apiOf } from './support/api.ts'
import {
  exitOf,
  type Standalone,
  type StandaloneOptions,
  spawnStandalone,
  startStandalone,
} from './support/standalone-composition.ts'

const REASON = 'the disk lost its last writes'
/** Of a write-ahead log with pages of 4096 bytes. */
const WAL_HEADER = 32
const FRAME = 24 + 4096

async function standalone(options: StandaloneOptions = {}): Promise<Standalone> {
  const started = await startStandalone(options)
  onTestFinished(() => started.stop())
  return started
}

/** One whose kill switch is on, killed. */
async function killed(): Promise<string> {
  const first = await standalone()
  const api = apiOf(first)
  await api.addGateway('kept')
  copyFileSync(join(first.folder, 'log.db'), join(first.folder, 'old.db'))
  for (const on of [true, false, true])
    await api.client.write('PUT', '/v1/kill-switch', { scope: 'global', on, reason: 'an intruder' })
  await first.end('SIGKILL')
  return first.folder
}

async function refusal(folder: string): Promise<string> {
  const child = spawnStandalone({ SALLYPORT_DATA: folder })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
    })
  expect(await exitOf(child)).toBe(1)
  return output
}

function recorded(folder: string): readonly { reason: string; damage: { kind: string } }[] {
  const db = new DatabaseSync(join(folder, 'log.db'), { readOnly: true })
  const rows = db
    .prepare("SELECT value FROM records WHERE headers LIKE '%sallyport.log.damage_accepted.v1%'")
    .all()
  db.close()
  return rows.map(({ value }) => JSON.parse(Buffer.from(value as Uint8Array).toString('utf8')))
}

const control = (sql: string) => (folder: string) => {
  const db = new DatabaseSync(join(folder, 'log.db'))
  db.exec(sql.replace('CONTROL', "topic = (SELECT id FROM topics WHERE name = 'sallyport.control')"))
  db.close()
}

test.each<[string, (folder: string) => void, string]>([
  [
    'ten frames were cut from its write-ahead log',
    (folder) => {
      const wal = join(folder, 'log.db-wal')
      const frames = Math.floor((statSync(wal).size - WAL_HEADER) / FRAME)
      truncateSync(wal, WAL_HEADER + (frames - 10) * FRAME)
    },
    'rewound',
  ],
  ['one row was deleted', control('DELETE FROM records WHERE CONTROL AND offset = 3'), 'missing'],
  [
    'one row was altered',
    control(
      'UPDATE records SET value = CAST(replace(CAST(value AS TEXT), \'"on":true\', \'"on":false\') AS BLOB) WHERE CONTROL AND offset = 2',
    ),
    'altered',
  ],
  [
    'a record cannot be read',
    control("UPDATE records SET value = CAST('?' AS BLOB) WHERE CONTROL AND offset = 2"),
    'unreadable',
  ],
  [
    'an old one was restored',
    (folder) => {
      rmSync(join(folder, 'log.db-wal'))
      copyFileSync(join(folder, 'old.db'), join(folder, 'log.db'))
    },
    'rewound',
  ],
])(
  'a log of which %s lets nothing start until an operator accepts it, which is recorded',
  async (_, damage, kind) => {
    const folder = await killed()
    damage(folder)
    expect(await refusal(folder)).toMatch(
      /the log is damaged at sallyport\..*--accept-log-damage REASON.*SP_EVENT_LOG_DAMAGED/,
    )
    // The refusal left nothing that hides it.
    expect(await refusal(folder)).toContain('SP_EVENT_LOG_DAMAGED')

    const accepted = await standalone({ folder, args: ['--accept-log-damage', REASON] })
    expect(accepted.output()).toContain('Accepted damage of the log, and recorded it')
    await expect(apiOf(accepted).client.get('/v1/status')).resolves.toBeDefined()
    await accepted.end('SIGINT')
    const acceptances = recorded(folder)
    expect(acceptances.map(({ damage }) => damage.kind)).toContain(kind)
    expect(new Set(acceptances.map(({ reason }) => reason))).toEqual(new Set([REASON]))

    const again = await standalone({ folder })
    expect(again.output()).not.toContain('Accepted')
    await again.end('SIGINT')
    expect(recorded(folder)).toEqual(acceptances)
  },
)

test('a start that is told of no damage accepts none, and an empty reason is refused', async () => {
  const first = await standalone({ args: ['--accept-log-damage', 'to be sure'] })
  await first.end('SIGINT')
  expect(recorded(first.folder)).toEqual([])
  const child = spawnStandalone({ SALLYPORT_DATA: first.folder }, ['--accept-log-damage', ' '])
  expect(await exitOf(child)).toBe(1)
})

test('an action that was altered in the middle of the record is told, and nothing of the record is shown until an operator accepts it', async () => {
  const first = await standalone()
  await first.end('SIGINT')
  const { folder } = first
  const log = await sqliteEventLog({ path: join(folder, 'log.db') })
  const publisher = createPublisher({ log, producer: 'proxy/1' })
  for (let count = 1; count <= 5; count++) await publisher.publish(lost(count))
  await publisher.close()
  await log.close()
  const db = new DatabaseSync(join(folder, 'log.db'))
  db.exec(`UPDATE records SET value = CAST(replace(CAST(value AS TEXT), '"count":2', '"count":9') AS BLOB)
           WHERE topic = (SELECT id FROM topics WHERE name = 'sallyport.actions')`)
  db.close()

  const damaged = apiOf(await standalone({ folder }))
  const status = () => damaged.client.get<Status>('/v1/status')
  await expect.poll(async () => (await status()).parts['record']).toMatchObject({ status: 'down' })
  expect((await status()).parts['record']?.reason).toMatch(
    /damaged at sallyport.actions 0\/2: .*not what it names/,
  )
  await expect(damaged.client.get('/v1/timeline')).rejects.toThrow(/the log is damaged at sallyport.actions/)
})

interface Status {
  readonly parts: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
}

function lost(count: number) {
  const at = new Date().toISOString()
  const data = { count, since: at, until: at, reason: 'the disk was full' }
  const about = { source: '/proxy', subject: 'record', tenant: 'default', key: 'default' }
  return newEvent({ type: 'sallyport.record.lost.v1', ...about, data }, new Date())
}
