import { GENESIS_HASH, recordHash } from '@sallyport/events'
import { BoundedMap } from '@sallyport/runtime'
import type { StoredRecord } from '../port.ts'
import { damageAt, type Link, linkOf } from './link.ts'
import type { LogDamage } from './log-damage.ts'

/** How many producers are remembered. Each start of a process is one. */
const PRODUCERS = 4096
/** For how many of them the last records are, to tell a record that the log took twice and where an epoch may begin. */
const PRODUCERS_WITH_RECENT = 32
/** More than the batches of two appends that were not confirmed and were written all the same. */
const RECENT = 1200

type Head = Pick<Link, 'epoch' | 'seq' | 'hash'>

/**
 * Verifies the producers' chains of a topic with one partition, record after record in the order of the log. A record
 * without a stamp is not one of ours and belongs to no chain.
 */
export class ProducerChains {
  readonly #heads = new BoundedMap<string, Head>(PRODUCERS)
  readonly #recent = new BoundedMap<string, BoundedMap<string, true>>(PRODUCERS_WITH_RECENT)
  /** Whether a producer may be met in the middle of its chain. */
  #beginnings: 'known' | 'lost'
  #lastHash = GENESIS_HASH

  /** `beginnings` are lost where the reading does not begin with the first record that was ever written. */
  constructor(beginnings: 'known' | 'lost') {
    this.#beginnings = beginnings
  }

  /** What is wrong with the place of this record. The next record is compared with it all the same. */
  next(record: StoredRecord): LogDamage | undefined {
    const link = linkOf(record)
    const before = this.#lastHash
    this.#lastHash = link?.hash ?? recordHash(record)
    if (link === undefined) return undefined
    const head = this.#heads.get(link.producer)
    if (head !== undefined && isBehind(link, head))
      return this.#knows(link)
        ? undefined
        : damageAt(record, link, 'repeated', 'it stands there out of order')
    const damage =
      head === undefined ? this.#beginning(record, link, before) : this.#continuation(record, link, head)
    this.#take(link)
    return damage
  }

  #beginning(record: StoredRecord, link: Link, before: string): LogDamage | undefined {
    if (this.#beginnings === 'lost') return undefined
    if (link.seq > 0) return damageAt(record, link, 'missing', 'nothing of it is there before')
    if (link.prevHash === GENESIS_HASH || link.prevHash === before) return undefined
    return damageAt(record, link, 'missing', 'it follows a record that is not there')
  }

  #continuation(record: StoredRecord, link: Link, head: Head): LogDamage | undefined {
    if (link.epoch === head.epoch) {
      const missing = link.seq - head.seq - 1
      if (missing > 0) return damageAt(record, link, 'missing', `${missing} before it are not there`)
      if (link.prevHash === head.hash) return undefined
      return damageAt(record, link, 'altered', 'the one before it is not what it names')
    }
    if (link.seq > 0) return damageAt(record, link, 'missing', 'its epoch has no beginning')
    // After an append that was not confirmed: it names the last one that was.
    if (link.prevHash === GENESIS_HASH || !this.#recent.has(link.producer)) return undefined
    if (this.#recent.get(link.producer)?.has(link.prevHash)) return undefined
    return damageAt(record, link, 'missing', 'it follows a record that is not there')
  }

  #knows({ producer, hash }: Link): boolean {
    return this.#recent.get(producer)?.has(hash) ?? false
  }

  #take({ producer, epoch, seq, hash }: Link): void {
    if (this.#heads.size === PRODUCERS && !this.#heads.has(producer)) this.#beginnings = 'lost'
    this.#heads.set(producer, { epoch, seq, hash })
    const recent = this.#recent.get(producer) ?? new BoundedMap<string, true>(RECENT)
    recent.set(hash, true)
    this.#recent.set(producer, recent)
  }
}

function isBehind({ epoch, seq }: Link, head: Head): boolean {
  return epoch < head.epoch || (epoch === head.epoch && seq <= head.seq)
}
