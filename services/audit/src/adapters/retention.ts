import type { ClickHouseClient } from '@clickhouse/client'

/** Makes `events` keep rows for so many days (0: for ever). Changes the table only where it says something else. */
export async function applyRetention(client: ClickHouseClient, days: number): Promise<void> {
  const result = await client.query({
    query: "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'events'",
    format: 'JSONEachRow',
  })
  const [table] = await result.json<{ engine_full: string }>()
  const has = /\bTTL\b.*?toIntervalDay\((\d+)\)/s.exec(table?.engine_full ?? '')?.[1]
  if (Number(has ?? 0) === days) return
  await client.command({
    query:
      days === 0
        ? 'ALTER TABLE events REMOVE TTL'
        : `ALTER TABLE events MODIFY TTL toDateTime(appended_at) + toIntervalDay(${Math.trunc(days)})`,
    // Parts that are there follow when they are merged next, or dropped whole.
    clickhouse_settings: { materialize_ttl_after_modify: 0 },
  })
}
