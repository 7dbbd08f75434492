import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { startControlView } from '@sallyport/control'
import { type EventLog, memoryEventLog } from '@sallyport/event-log'
import { newId, readConfig, silentLogger } from '@sallyport/runtime'
import type { ClickHouseEngine } from '../adapters/click-house-engine.ts'
import { embeddedClickHouse } from '../adapters/embedded-click-house.ts'
import { serverClickHouse } from '../adapters/server-click-house.ts'
import { auditConfigSpec } from '../config.ts'
import type { IngestPath } from '../ingest.ts'
import { type PathOptions, readingTheLog } from '../ingest-paths.ts'
import { type AuditService, createAuditService } from '../service.ts'

/** An audit service on an engine and a log, and what a test looks at. */
export interface AuditRig {
  readonly log: EventLog
  readonly engine: ClickHouseEngine
  readonly service: AuditService
  rows<T>(query: string): Promise<T[]>
  /** A new service on what this one left behind, after it was stopped. */
  again(environment?: Record<string, string>): Promise<AuditRig>
  stop(): Promise<void>
}

/** Makes an engine; called again with the same place it finds the same data. */
export interface EngineKind {
  readonly name: string
  place(): Promise<{ open(): ClickHouseEngine; remove(): Promise<void> }>
}

export const embedded: EngineKind = {
  name: 'embedded',
  async place() {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-audit-'))
    return {
      open: () => embeddedClickHouse({ path: join(folder, 'clickhouse') }),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    }
  },
}

/** A server somebody runs; each place is a database of its own. */
export function onServer(url: string): EngineKind {
  return {
    name: 'server',
    async place() {
      const admin = createClient({ url })
      const database = `sallyport_test_${newId().replaceAll('-', '')}`
      await admin.command({ query: `CREATE DATABASE ${database}` })
      const own = new URL(url)
      own.pathname = `/${database}`
      return {
        open: () => serverClickHouse({ url: own.href }),
        async remove() {
          await admin.command({ query: `DROP DATABASE ${database}` })
          await admin.close()
        },
      }
    },
  }
}

export async function startRig(
  kind: EngineKind,
  environment: Record<string, string> = {},
  log: EventLog = memoryEventLog(),
  clock: () => Date = () => new Date(),
  pathOf: (options: PathOptions) => IngestPath = readingTheLog,
): Promise<AuditRig> {
  const place = await kind.place()
  const open = async (settings: Record<string, string>): Promise<AuditRig> => {
    const engine = place.open()
    const config = readConfig(auditConfigSpec, settings)
    const path = pathOf({ log, client: engine.client, logger: silentLogger })
    const control = startControlView({ log })
    const service = createAuditService({
      config,
      log,
      control,
      clickhouse: engine,
      path,
      clock,
      logger: silentLogger,
    })
    await service.start()
    await service.ingest.prepared()
    return {
      log,
      engine,
      service,
      async rows<T>(query: string) {
        const result = await engine.client.query({ query, format: 'JSONEachRow' })
        return result.json<T>()
      },
      async again(changed = settings) {
        await service.stop()
        await control.stop()
        return open(changed)
      },
      async stop() {
        await service.stop()
        await control.stop()
        await place.remove()
      },
    }
  }
  return open(environment)
}

/** A number that any difference in any column of any row changes. */
export const TABLE_CHECKSUM =
  'SELECT toString(groupBitXor(cityHash64(*))) AS sum, toString(count()) AS rows FROM events'
