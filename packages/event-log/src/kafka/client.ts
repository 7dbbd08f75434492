import { createRequire } from 'node:module'
import type { KafkaSasl, KafkaSecurity, Logger } from '@sallyport/runtime'
import { Kafka, type KafkaConfig, type LogEntry, logLevel, type Mechanism, type SASLOptions } from 'kafkajs'
import { oauthBearer } from './oauth-bearer.ts'
import { tokensOf } from './token-command.ts'

export interface KafkaConnection {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** TLS and a user; plain text from nobody unless given. */
  readonly security?: KafkaSecurity
}

/** A client whose own retries are short, because ours have a deadline and know what may be sent again. */
export function kafkaClient(connection: KafkaConnection, logger: Logger): Kafka {
  keepRequestQueueFromNegativeTimeouts()
  return new Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ...securityOptions(connection.security ?? {}),
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 3 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => tell(logger, entry),
  })
}

function securityOptions({ tls, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
  }
}

function saslOptions(sasl: KafkaSasl): SASLOptions | Mechanism {
  // A copy: the client keeps what it makes of it there. Its type has each mechanism apart.
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl } as SASLOptions
  return oauthBearer(tokensOf(sasl.tokenCommand))
}

/** Only the words: the client's other fields may hold whole responses. Its errors are what we retry, so warnings. */
function tell(logger: Logger, { log, namespace, level }: LogEntry): void {
  // Said of every idempotent producer with bounded retries. See PartitionLane: what is sent again is the same.
  if (log.message.startsWith('Limiting retries for the idempotent producer')) return
  const fields = { namespace, broker: log['broker'], groupId: log['groupId'] }
  if (level <= logLevel.WARN) logger.warn(fields, log.message)
  else logger.debug(fields, log.message)
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  scheduleCheckPendingRequests(): void
}

let patched = false

/**
 * When nothing is pending, kafkajs 2.2.4 arms a timer in the past after each response. Node 24 warns of it on
 * standard error. With nothing pending there is nothing to check, so the timer is not needed.
 */
function keepRequestQueueFromNegativeTimeouts(): void {
  if (patched) return
  patched = true
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue
  }
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
