import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { messageOf } from '@sallyport/runtime'
import type { ClickHouseEngine } from './click-house-engine.ts'

export interface ServerClickHouseOptions {
  /** `http[s]://[user:password@]host:port[/database]` */
  readonly url: string
}

/** A ClickHouse server or cluster. The database must exist; the tables are made in it. */
export function serverClickHouse({ url }: ServerClickHouseOptions): ClickHouseEngine {
  const client = createClient({ url, request_timeout: 60_000, log: { level: ClickHouseLogLevel.OFF } })
  return {
    client,
    start() {},
    async health() {
      const answer = await client.ping({ select: true })
      return answer.success ? { status: 'ok' } : { status: 'down', reason: messageOf(answer.error) }
    },
    stop: () => client.close(),
  }
}
