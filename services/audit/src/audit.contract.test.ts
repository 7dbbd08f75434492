import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { readConfig, silentLogger } from '@sallyport/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { embeddedClickHouse } from './adapters/embedded-click-house.ts'
import { auditConfigSpec } from './config.ts'
import { completed, decided, encoder } from './sample-events.ts'
import { createAuditService } from './service.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-audit-'))
const log = memoryEventLog()
const engine = embeddedClickHouse({ path: join(folder, 'clickhouse') })
const service = createAuditService(readConfig(auditConfigSpec, {}), {
  log,
  clickhouse: engine,
  clock: () => new Date(),
  logger: silentLogger,
})
beforeAll(() => service.start())
afterAll(async () => {
  await service.stop()
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

test('what was decided is found, with what became of it', async () => {
  const encode = encoder()
  const at = new Date('2026-11-20T10:00:00.123Z')
  await log.append(TOPICS.actions, [
    encode(decided(at, { actionId: 'a1', arguments: { title: 'Crash on\nstartup', n: 5 } })),
    encode(completed(new Date(at.getTime() + 45), { actionId: 'a1' })),
    { key: 'k', headers: { ce_type: 'nope' }, value: Buffer.from([0xff, 0xfe]) },
  ])
  await service.ingest.caughtUp()
  const page = await service.reader.timeline({
    filter: { words: ['startup', 'crash'] },
    order: 'desc',
    limit: 10,
  })
  console.log(
    JSON.stringify(page),
    JSON.stringify(await service.reader.timeline({ filter: {}, order: 'desc', limit: 10 })),
  )
  expect(page.items).toHaveLength(1)
  console.log(
    JSON.stringify(await service.reader.summary({ since: at.getTime() - 1000, until: Date.now() + 1 })),
  )
  console.log(
    JSON.stringify(await service.reader.story('a1')).slice(0, 300),
    await service.ingest.health(),
    await engine.health(),
  )
})
