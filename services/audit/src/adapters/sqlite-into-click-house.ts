import { statSync } from 'node:fs'
import type { ClickHouseClient } from '@clickhouse/client'
import type { OffsetRange, RangesDestination } from '@sallyport/delivery'
import { messageOf } from '@sallyport/runtime'
import { sqlText } from '../domain/sql-text.ts'
import { LogReplaced } from '../errors.ts'
import { blockSettings, insertFrom, inserting } from './event-store.ts'

/**
 * Takes offsets only: the embedded ClickHouse reads the records from the log's file, with what is in its write-ahead
 * log, in a process of its own. `path` is the file of a log that this process has open.
 *
 * The engine opens the file as a writer might, and makes it where it is missing, but it is asked for nothing but
 * SELECTs. As long as the log is open here, its connections are never the last, so they never move the write-ahead log.
 */
export function sqliteIntoClickHouse(client: ClickHouseClient, path: string): RangesDestination {
  const opened = identityOf(path)
  return {
    takes: 'ranges',
    async deliver(range, { signal }) {
      if (identityOf(path) !== opened) throw new LogReplaced(path)
      await inserting(range, () =>
        client.command({
          query: insertFrom(sourceOf(path, range)),
          clickhouse_settings: blockSettings(range),
          abort_signal: signal,
        }),
      )
    },
  }
}

/** Exactly these records, or an error: offsets have no gaps, so fewer rows are another log's. */
function sourceOf(path: string, { topic, partition, from, to }: OffsetRange): string {
  const records = `sqlite(${sqlText(path)}, 'records')`
  const id = `(SELECT id FROM sqlite(${sqlText(path)}, 'topics') WHERE name = ${sqlText(topic)})`
  const wanted = `topic = ${id} AND offset >= ${from} AND offset < ${to}`
  const complete = `throwIf((SELECT count() FROM ${records} WHERE ${wanted}) != ${to - from}, 'the log does not have these records') = 0`
  return `(SELECT ${sqlText(topic)} AS r_topic, toUInt32(${partition}) AS r_partition, toUInt64(offset) AS r_offset,
appended_at AS r_appended_at, key AS r_key, headers AS r_headers, value AS r_value FROM ${records} WHERE ${wanted} AND ${complete})`
}

/** What tells a file from another one that got its name. */
function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path)
    return `${dev}/${ino}`
  } catch (reason) {
    return messageOf(reason)
  }
}
