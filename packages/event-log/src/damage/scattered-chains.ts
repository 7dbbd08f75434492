import { BoundedMap } from '@sallyport/runtime'
import type { Offsets, StoredRecord } from '../port.ts'
import { damageAt, type Link, linkOf } from './link.ts'
import { type LogDamage, logDamage } from './log-damage.ts'

/** How many epochs of producers are followed. */
const EPOCHS = 4096
/** How many records may be waited for. More come only where one partition is read far ahead of another. */
const MOST_MISSING = 200_000
const HASHES = 10_000

interface Epoch {
  readonly producer: string
  readonly epoch: number
  max: number
  readonly missing: Set<number>
}

interface Suspicion {
  readonly goal: Offsets
  readonly missing: readonly { readonly of: Epoch; readonly seq: number }[]
}

/**
 * Verifies the producers' chains of a topic with several partitions. A record comes into the log after the one before it,
 * and may be read earlier. So one that is missing is damage when everything was read that the log had after its
 * successor was seen.
 */
export class ScatteredChains {
  readonly #topic: string
  readonly #beginnings: 'known' | 'lost'
  readonly #epochs = new BoundedMap<string, Epoch>(EPOCHS)
  /** By place in a chain: the hash of the record there, and the hash that its successor names. */
  readonly #hashes = new BoundedMap<string, string>(HASHES)
  readonly #named = new BoundedMap<string, string>(HASHES)
  #missing = 0
  #suspicion: Suspicion | undefined

  constructor(topic: string, beginnings: 'known' | 'lost') {
    this.#topic = topic
    this.#beginnings = beginnings
  }

  /** What is wrong with the record, as far as its neighbours were read. */
  next(record: StoredRecord): LogDamage | undefined {
    const link = linkOf(record)
    if (link === undefined) return undefined
    const isNew = this.#count(link)
    const place = placeOf(link, link.seq)
    const known = this.#hashes.get(place)
    if (known !== undefined && known !== link.hash)
      return damageAt(record, link, 'repeated', 'another record has that place')
    if (!isNew) return undefined
    this.#hashes.set(place, link.hash)
    const named = this.#named.get(place)
    if (named !== undefined && named !== link.hash)
      return damageAt(record, link, 'altered', 'it is not what the next one names')
    if (link.seq === 0) return undefined
    const before = placeOf(link, link.seq - 1)
    this.#named.set(before, link.prevHash)
    const hash = this.#hashes.get(before)
    if (hash === undefined || hash === link.prevHash) return undefined
    return damageAt(record, link, 'altered', 'the one before it is not what it names')
  }

  /** What is missing for certain. `ends` are asked for now, `read` is how far the topic was read by now. */
  holes(ends: Offsets, read: Offsets): readonly LogDamage[] {
    const suspicion = this.#suspicion
    if (suspicion === undefined) {
      if (this.#missing > 0) this.#suspicion = { goal: ends, missing: this.#allMissing() }
      return []
    }
    const come = Object.entries(suspicion.goal).every(
      ([partition, end]) => (read[Number(partition)] ?? 0) >= end,
    )
    if (!come) return []
    this.#suspicion = undefined
    const certain = suspicion.missing.filter(({ of, seq }) => of.missing.delete(seq))
    this.#missing -= certain.length
    return [...Map.groupBy(certain, ({ of }) => of)].map(([of, holes]) =>
      this.#hole(
        of,
        holes.map(({ seq }) => seq),
      ),
    )
  }

  /** False for a record that was there before. */
  #count({ producer, epoch, seq }: Link): boolean {
    const name = `${producer} ${epoch}`
    const begun = this.#epochs.get(name)
    const of = begun ?? {
      producer,
      epoch,
      max: this.#beginnings === 'known' ? -1 : seq - 1,
      missing: new Set(),
    }
    this.#epochs.set(name, of)
    if (seq <= of.max) {
      if (!of.missing.delete(seq)) return false
      this.#missing -= 1
      return true
    }
    for (let lost = of.max + 1; lost < seq && this.#missing < MOST_MISSING; lost++) {
      of.missing.add(lost)
      this.#missing += 1
    }
    of.max = seq
    return true
  }

  #allMissing(): Suspicion['missing'] {
    return [...this.#epochs.values()].flatMap((of) => [...of.missing].map((seq) => ({ of, seq })))
  }

  #hole({ producer, epoch }: Epoch, seqs: readonly number[]): LogDamage {
    const [first = 0] = seqs
    const what = `${seqs.length} of the records of ${producer} in epoch ${epoch} are missing, the first is number ${first}`
    const place = { topic: this.#topic, partition: 0, offset: 0 }
    return logDamage({ ...place, kind: 'missing', what }, [producer, epoch, ...seqs.slice(0, 1000)])
  }
}

function placeOf({ producer, epoch }: Link, seq: number): string {
  return `${producer} ${epoch} ${seq}`
}
