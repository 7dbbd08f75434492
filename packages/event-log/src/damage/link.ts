import { type EncodedEvent, recordHash } from '@sallyport/events'
import type { StoredRecord } from '../port.ts'
import { type DamageKind, type LogDamage, logDamage } from './log-damage.ts'

/** Where a record says that it stands in the chain of its producer. */
export interface Link {
  readonly producer: string
  readonly epoch: number
  readonly seq: number
  readonly prevHash: string
  /** Of the record itself. */
  readonly hash: string
}

/** Undefined for a record without a stamp. */
export function linkOf(record: EncodedEvent): Link | undefined {
  const { ce_producer: producer, ce_prevhash: prevHash } = record.headers
  const epoch = Number(record.headers['ce_epoch'])
  const seq = Number(record.headers['ce_seq'])
  if (!producer || !prevHash || !Number.isSafeInteger(epoch) || !Number.isSafeInteger(seq)) return undefined
  return { producer, prevHash, epoch, seq, hash: recordHash(record) }
}

export function damageAt(
  { topic, partition, offset }: StoredRecord,
  { producer, epoch, seq, hash }: Link,
  kind: DamageKind,
  why: string,
): LogDamage {
  const what = `record ${offset} is number ${seq} of ${producer} in epoch ${epoch}, and ${why}`
  return logDamage({ topic, partition, offset, kind, what }, [producer, epoch, seq, hash])
}
