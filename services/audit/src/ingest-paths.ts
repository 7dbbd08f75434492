import type { ClickHouseClient } from '@clickhouse/client'
import { logFeed, memoryLeases } from '@sallyport/delivery'
import type { EventLog } from '@sallyport/event-log'
import type { Logger } from '@sallyport/runtime'
import { prepareRawTable, recordsIntoClickHouse } from './adapters/event-store.ts'
import { sqliteIntoClickHouse } from './adapters/sqlite-into-click-house.ts'
import { storedMarks } from './adapters/stored-marks.ts'
import type { IngestPath } from './ingest.ts'

export interface PathOptions {
  readonly log: EventLog
  readonly client: ClickHouseClient
  readonly logger: Logger
}

/** This process reads the log and sends what it read. Only for a log that one process ingests. */
export function readingTheLog({ log, client, logger }: PathOptions): IngestPath {
  return {
    destination: recordsIntoClickHouse(client),
    prepare: () => prepareRawTable(client),
    feed: (store) =>
      logFeed({ log, logger, leases: memoryLeases(), checkpoints: storedMarks(store.positions) }),
  }
}

/** The embedded ClickHouse reads the file of the log, of which `log` is the instance that is open here. */
export function readingTheFile({ log, client, logger }: PathOptions, file: string): IngestPath {
  return {
    destination: sqliteIntoClickHouse(client, file),
    prepare: async () => {},
    feed: (store) =>
      logFeed({ log, logger, leases: memoryLeases(), checkpoints: storedMarks(store.positions) }),
  }
}
