import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog, Offsets, StoredRecord } from '../port.ts'
import { type LogDamage, logDamage, missingOffsets, rewound } from './log-damage.ts'
import { ProducerChains } from './producer-chains.ts'
import { ScatteredChains } from './scattered-chains.ts'

/** How often the end of the log is compared with what was read of it. */
const LOOK_MS = 2000

export interface Verifying {
  /** Where the reading begins, for partitions where that is not the first record. */
  readonly begins: Offsets
  /** The first record of each partition that the log still has. */
  readonly kept: Offsets
  /** Whether a head that is not kept is damage, and not an operator's retention. */
  readonly needsAll: boolean
}

/**
 * Verifies one topic while it is read: offsets without gaps, producers' chains, an end that does not go back. The price
 * is one hash of each record.
 */
export class LogVerification {
  readonly #topic: string
  readonly #next: Record<number, number>
  readonly #headless: readonly LogDamage[]
  readonly #chains: ProducerChains | undefined
  readonly #scattered: ScatteredChains | undefined

  constructor(topic: string, { begins, kept, needsAll }: Verifying) {
    this.#topic = topic
    this.#next = { ...begins }
    const heads = Object.entries(kept).map(([partition, first]) => [Number(partition), first] as const)
    const cut = heads.filter(([partition, first]) => first > (begins[partition] ?? 0))
    for (const [partition, first] of cut) this.#next[partition] = first
    this.#headless = needsAll ? cut.map(([partition, first]) => headless(topic, partition, first)) : []
    const beginnings = cut.length > 0 || Object.values(begins).some((first) => first > 0) ? 'lost' : 'known'
    // Of a topic with several partitions, one producer's records are not read in the order in which they were written.
    if (heads.length === 1) this.#chains = new ProducerChains(beginnings)
    else this.#scattered = new ScatteredChains(topic, beginnings)
  }

  headless(): readonly LogDamage[] {
    return this.#headless
  }

  /** What is wrong before or with this record, in the order in which it shows. */
  next(record: StoredRecord): readonly LogDamage[] {
    const { partition, offset } = record
    const expected = this.#next[partition] ?? 0
    this.#next[partition] = offset + 1
    const gap = offset > expected ? [missingOffsets(this.#topic, partition, expected, offset)] : []
    const broken = (this.#chains ?? this.#scattered)?.next(record)
    return broken === undefined ? gap : [...gap, broken]
  }

  /** What is missing for certain where a topic has several partitions: asked twice, the second answer is whole. */
  holes(ends: Offsets, read: Offsets): readonly LogDamage[] {
    return this.#scattered?.holes(ends, read) ?? []
  }

  /**
   * Looks at the end of the log from time to time, until the signal. A log whose end lies before what was read is told,
   * and so are chains with holes, once everything was read that the log had at a look.
   */
  watchEnds(
    log: EventLog,
    signal: AbortSignal,
    read: () => Offsets,
    found: (damage: LogDamage) => void,
  ): void {
    const look = async () => {
      const before = read()
      const ends = await log.ends(this.#topic)
      for (const [partition, end] of Object.entries(ends)) {
        const come = before[Number(partition)] ?? 0
        if (end < come) found(rewound(this.#topic, Number(partition), end, come))
      }
      for (const damage of this.holes(ends, read())) found(damage)
    }
    const run = async () => {
      while (!signal.aborted) {
        await delay(LOOK_MS, undefined, { signal, ref: false })
        // A log that does not answer is not damaged.
        await look().catch(() => {})
      }
    }
    void run().catch(() => {})
  }
}

function headless(topic: string, partition: number, first: number): LogDamage {
  const what = `it begins at ${first}: the records before are not kept, and all of them decide about rights`
  return logDamage({ topic, partition, offset: 0, kind: 'missing', what }, ['head', first])
}
