import { startControlView } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { readConfig, silentLogger } from '@sallyport/runtime'
import { afterEach, expect, test } from 'vitest'
import { auditConfigSpec } from './config.ts'
import { ClickHouseUnavailable } from './errors.ts'
import { readingTheLog } from './ingest-paths.ts'
import { createAuditService } from './service.ts'
import { embedded } from './testing/audit-rig.ts'

const ENDING: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ENDING.splice(0).reverse()) await end()
})

/** A service whose tables are not there yet. */
async function beginning({ answers }: { answers: boolean }) {
  const place = await embedded.place()
  const engine = place.open()
  const log = memoryEventLog()
  const control = startControlView({ log })
  const { client } = engine
  const clickhouse = answers ? engine : { ...engine, client, start() {}, async stop() {} }
  const service = createAuditService({
    config: readConfig(auditConfigSpec, {}),
    log,
    control,
    clickhouse,
    path: readingTheLog({ log, client, logger: silentLogger }),
    clock: () => new Date(),
    logger: silentLogger,
  })
  ENDING.push(
    () => place.remove(),
    () => control.stop(),
    () => service.stop(),
  )
  await service.start()
  return service
}

const request = { filter: {}, order: 'desc', limit: 1 } as const

test('a question of the first moments waits for the tables', async () => {
  const { reader } = await beginning({ answers: true })
  const asked = await Promise.all([reader.timeline(request), reader.summary({ since: 0, until: 1 })])
  expect(asked[0].items).toEqual([])
})

test('a question is refused after some seconds where ClickHouse does not come', async () => {
  const { reader } = await beginning({ answers: false })
  await expect(reader.timeline(request)).rejects.toThrow(ClickHouseUnavailable)
  await expect(reader.timeline(request)).rejects.toThrow(/waiting for ClickHouse|not ready/)
})
