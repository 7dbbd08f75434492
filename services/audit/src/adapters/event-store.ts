import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import { EventRefused, type OffsetRange, type RecordsDestination } from '@sallyport/delivery'
import type { Offsets } from '@sallyport/event-log'
import { sha256Hex } from '@sallyport/runtime'
import { rawLines } from '../domain/raw-lines.ts'
import { RAW_COLUMNS, rowColumns, rowQuery } from '../domain/row-query.ts'

/** What the tables have, and how blocks of raw records get into them. */
export interface EventStore {
  /** The next offset of each partition of a topic, from what is stored. */
  positions(topic: string): Promise<Offsets>
  /** The last record of each partition of a topic that is stored. */
  lastStored(topic: string): Promise<readonly StoredPlace[]>
  /** How many rows are stored of records that could not be read as events. */
  unread(): Promise<number>
}

export interface StoredPlace {
  readonly partition: number
  readonly offset: number
  readonly eventId: string
}

/** More than the engine may allocate; half as many records take half as much. */
const MEMORY_LIMIT_EXCEEDED = '241'

/** Names a block for as long as the log exists: inserted twice under one name, it is stored once. */
function blockName({ topic, partition, from, to }: OffsetRange): string {
  return `${topic}/${partition}/${from}-${to - 1}`
}

/** How one block is inserted: as one part with one name, whatever its size. */
export function blockSettings(range: OffsetRange): Record<string, string | number> {
  return {
    insert_deduplicate: 1,
    insert_deduplication_token: blockName(range),
    async_insert: 0,
    input_format_parallel_parsing: 0,
    max_block_size: '1000000',
    max_partitions_per_insert_block: '0',
    max_threads: 1,
    output_format_json_escape_forward_slashes: 0,
  }
}

/** The statement that stores what `source` gives, a table expression with the columns of raw records. */
export function insertFrom(source: string): string {
  return `INSERT INTO events (${rowColumns()}) ${rowQuery(source)}`
}

/** Runs the insert of a range. Throws `EventRefused` for one that is too large for the engine, to have it halved. */
export async function inserting(range: OffsetRange, insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert()
  } catch (reason) {
    const tooLarge = reason instanceof ClickHouseError && reason.code === MEMORY_LIMIT_EXCEEDED
    if (tooLarge && range.to - range.from > 1) throw new EventRefused(reason.message, { cause: reason })
    throw reason
  }
}

/** The statement that fills `events` from raw records names its table: another release has another statement. */
const RAW_TABLE = `raw_${sha256Hex(rowQuery('')).slice(0, 16)}`

/**
 * Makes the table that takes raw records and keeps none of them, with the view that makes rows of them. The same
 * statement gives the same names, so releases that run beside each other do not take each other's away.
 */
export async function prepareRawTable(client: ClickHouseClient): Promise<void> {
  const columns = Object.entries(RAW_COLUMNS).map(([name, type]) => `${name} ${type}`)
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS ${RAW_TABLE} (${columns.join(', ')}) ENGINE = Null`,
  })
  await client.command({
    query: `CREATE MATERIALIZED VIEW IF NOT EXISTS ${RAW_TABLE}_rows TO events AS ${rowQuery(RAW_TABLE)}`,
    clickhouse_settings: { output_format_json_escape_forward_slashes: 0 },
  })
}

/** Takes records and sends them as they are; ClickHouse reads the columns from them. The raw table has to be there. */
export function recordsIntoClickHouse(client: ClickHouseClient): RecordsDestination {
  return {
    takes: 'records',
    deliver: (batch, { signal }) =>
      inserting(batch, async () => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${RAW_TABLE} FORMAT TabSeparated`,
          values: Readable.from([rawLines(batch.records)], { objectMode: false }),
          clickhouse_settings: blockSettings(batch),
          abort_signal: signal,
        })
        await finished(stream.resume())
      }),
  }
}

export function clickHouseEventStore(client: ClickHouseClient): EventStore {
  return {
    async positions(topic) {
      const result = await client.query({
        query: `SELECT \`partition\`, max(\`offset\`) AS last FROM events
                WHERE topic = {topic:String} GROUP BY \`partition\``,
        query_params: { topic },
        format: 'JSONEachRow',
      })
      const rows = await result.json<{ partition: number; last: number | string }>()
      return Object.fromEntries(rows.map((row) => [row.partition, Number(row.last) + 1]))
    },
    async lastStored(topic) {
      const result = await client.query({
        query: `SELECT \`partition\`, max(\`offset\`) AS last, argMax(event_id, \`offset\`) AS event FROM events
                WHERE topic = {topic:String} GROUP BY \`partition\``,
        query_params: { topic },
        format: 'JSONEachRow',
      })
      const rows = await result.json<{ partition: number; last: number | string; event: string }>()
      return rows.map(({ partition, last, event }) => ({ partition, offset: Number(last), eventId: event }))
    },
    async unread() {
      const query = "SELECT toUInt32(count()) AS rows FROM events WHERE undecodable != ''"
      const [answer] = await (await client.query({ query, format: 'JSONEachRow' })).json<{ rows: number }>()
      return answer?.rows ?? 0
    },
  }
}
