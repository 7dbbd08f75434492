import { Agent } from 'node:https'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import type { ClickHouseServer, TlsMaterial } from '@sallyport/runtime'
import type { ClickHouseEngine } from './click-house-engine.ts'
import { clickhouseFault } from './click-house-fault.ts'

/** As many as the client has by itself. */
const MAX_CONNECTIONS = 10

/** A ClickHouse server or cluster. The database must exist; the tables are made in it. */
export function serverClickHouse({ url, user, password, tls = {} }: ClickHouseServer): ClickHouseEngine {
  const client = createClient({
    url,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...tlsOptions(tls),
    request_timeout: 60_000,
    log: { level: ClickHouseLogLevel.OFF },
  })
  return {
    client,
    start() {},
    async health() {
      const answer = await client.ping({ select: true })
      return answer.success ? { status: 'ok' } : { status: 'down', reason: clickhouseFault(answer.error) }
    },
    stop: () => client.close(),
  }
}

/** By `tls` alone the client would tell the password in a header that takes no more than Latin-1. */
function tlsOptions({ ca, cert, key }: TlsMaterial) {
  if (ca === undefined) return {}
  if (cert && key) return { tls: { ca_cert: ca, cert, key } }
  return { http_agent: new Agent({ ca, keepAlive: true, maxSockets: MAX_CONNECTIONS }) }
}
