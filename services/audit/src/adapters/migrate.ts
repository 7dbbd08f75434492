import { readdirSync, readFileSync } from 'node:fs'
import type { ClickHouseClient } from '@clickhouse/client'
import { sha256Hex } from '@sallyport/runtime'
import { MigrationChanged } from '../errors.ts'

export const MIGRATIONS = new URL('../../../../infra/clickhouse/migrations/', import.meta.url)

interface Migration {
  readonly name: string
  readonly checksum: string
  readonly statements: readonly string[]
}

const CREATE = `CREATE TABLE IF NOT EXISTS migrations
  (name String, checksum String, applied_at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY name`

/**
 * Applies the numbered files of a folder that were not applied yet, in order, and records each with its checksum.
 * Throws `MigrationChanged` when a file that was applied is not the same any more. Returns the names it applied.
 */
export async function migrate(client: ClickHouseClient, folder: URL = MIGRATIONS): Promise<string[]> {
  await client.command({ query: CREATE })
  const migrations = readMigrations(folder)
  const pending = pendingOf(migrations, await appliedTo(client))
  for (const { name, checksum, statements } of pending) {
    for (const query of statements) await client.command({ query })
    await client.command({
      query: 'INSERT INTO migrations (name, checksum) SELECT {name:String}, {checksum:String}',
      query_params: { name, checksum },
    })
  }
  return pending.map(({ name }) => name)
}

/** Throws `MigrationChanged` unless what was applied is the beginning of what there is. */
export function pendingOf(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  const known = new Set(migrations.map(({ name }) => name))
  for (const name of applied.keys())
    if (!known.has(name)) throw new MigrationChanged(name, 'its file is gone')
  for (const { name, checksum } of migrations)
    if ((applied.get(name) ?? checksum) !== checksum) throw new MigrationChanged(name, 'its file was changed')
  const pending = migrations.filter(({ name }) => !applied.has(name))
  const late = pending.find(({ name }) => [...applied.keys()].some((done) => done > name))
  if (late) throw new MigrationChanged([...applied.keys()].at(-1) ?? '', `${late.name} was put before it`)
  return pending
}

function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      const statements = text.split(/;\s*$/m).map((statement) => statement.trim())
      return { name: file, checksum: sha256Hex(text), statements: statements.filter(Boolean) }
    })
}

async function appliedTo(client: ClickHouseClient): Promise<Map<string, string>> {
  const query = 'SELECT name, any(checksum) AS checksum FROM migrations GROUP BY name ORDER BY name'
  const result = await client.query({ query, format: 'JSONEachRow' })
  const rows = await result.json<{ name: string; checksum: string }>()
  return new Map(rows.map(({ name, checksum }) => [name, checksum]))
}
