import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { StoredRecord } from '../port.ts'

/** A message as the port gives it. Of a header that came several times, the first. */
export function recordOfMessage(topic: string, partition: number, message: KafkaMessage): StoredRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    appendedAt: Number(message.timestamp),
    key: message.key?.toString('utf8') ?? '',
    headers: toStrings(message.headers ?? {}),
    value: message.value ?? Buffer.alloc(0),
  }
}

function toStrings(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      String(Array.isArray(value) ? value[0] : (value ?? '')),
    ]),
  )
}
