import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import type { Offsets } from '@sallyport/event-log'
import { blockName } from '../domain/block.ts'
import type { Block } from '../domain/row-lines.ts'

/** A row was refused for what is in it: trying again does not help. */
export class RowRefused extends Error {}

export interface EventStore {
  /** Resolves when the rows are stored. A block inserted twice is stored once. Throws `RowRefused`. */
  insert(block: Block): Promise<void>
  /** The next offset of each partition of a topic, from what is stored. */
  positions(topic: string): Promise<Offsets>
}

/** Codes for "this text is not of this type", which a retry meets again. */
const REFUSALS = new Set([
  '6',
  '26',
  '27',
  '32',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '117',
  '130',
  '321',
  '349',
  '691',
])

export function clickHouseEventStore(client: ClickHouseClient): EventStore {
  return {
    async insert(block) {
      try {
        // Not `insert`: it takes bytes for other formats only, and objects are half as fast.
        const { stream } = await client.exec({
          query: 'INSERT INTO events FORMAT JSONEachRow',
          values: Readable.from(block.lines, { objectMode: false }),
          clickhouse_settings: {
            insert_deduplicate: 1,
            insert_deduplication_token: blockName(block),
            // One block, hence one part and one token, whatever its size.
            input_format_parallel_parsing: 0,
            max_partitions_per_insert_block: '0',
            async_insert: 0,
          },
        })
        await finished(stream.resume())
      } catch (reason) {
        if (reason instanceof ClickHouseError && REFUSALS.has(reason.code))
          throw new RowRefused(reason.type ?? reason.code, { cause: reason })
        throw reason
      }
    },
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
  }
}
