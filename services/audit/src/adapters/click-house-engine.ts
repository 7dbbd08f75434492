import type { ClickHouseClient } from '@clickhouse/client'
import type { HealthCheck } from '@sallyport/runtime'

/** A ClickHouse to talk to with the official client, whatever runs it. */
export interface ClickHouseEngine {
  readonly client: ClickHouseClient
  /** Begins to run or reach it and returns at once; `client` fails until it answers. */
  start(): void
  readonly health: HealthCheck
  stop(): Promise<void>
}
