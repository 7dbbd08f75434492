import type { EventLog, Offsets } from '@sallyport/event-log'
import { AheadOfLog } from './errors.ts'
import type { Feed } from './feed.ts'

export interface BacklogOptions {
  /** The consumer's. */
  readonly name: string
  readonly topics: readonly string[]
  readonly feed: Pick<Feed, 'marks'>
  readonly log: Pick<EventLog, 'ends' | 'offsetsAt'>
  /** Where a partition without a mark begins: the oldest record (`start`), or a time in milliseconds. */
  readonly from?: 'start' | number
}

/** By topic, the offsets up to which records count. */
export type Goals = ReadonlyMap<string, Offsets>

/** The records that a consumer has not dealt with yet, by its marks and by what was dealt with in this process. */
export class Backlog {
  readonly #options: BacklogOptions
  /** By topic and partition, the offset behind what was dealt with here. */
  readonly #passed = new Map<string, Record<number, number>>()
  readonly #first = new Map<string, Offsets>()

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  /** Everything before `next` is dealt with. */
  passed(topic: string, partition: number, next: number): void {
    this.#passed.set(topic, { ...this.#passed.get(topic), [partition]: next })
  }

  /** Where its topics end now. */
  async ends(): Promise<Goals> {
    const { log, topics } = this.#options
    return new Map(await Promise.all(topics.map(async (topic) => [topic, await log.ends(topic)] as const)))
  }

  /** How many records there are now. */
  async size(): Promise<number> {
    return this.upTo(await this.ends())
  }

  /** How many of the records before these offsets there are. */
  async upTo(goals: Goals): Promise<number> {
    const counts = await Promise.all([...goals].map(([topic, goal]) => this.#sizeOf(topic, goal)))
    return sum(counts)
  }

  /** Whether more was delivered than the log has. The end is asked for last: marks move meanwhile. */
  async ahead(): Promise<AheadOfLog | undefined> {
    const { log, feed, name, topics } = this.#options
    for (const topic of topics) {
      const marks = await feed.marks(name, topic)
      const ends = await log.ends(topic)
      for (const [partition, { next }] of Object.entries(marks)) {
        const end = ends[Number(partition)] ?? 0
        if (next > end) return new AheadOfLog(name, topic, Number(partition), next, end)
      }
    }
    return undefined
  }

  async #sizeOf(topic: string, goal: Offsets): Promise<number> {
    const { feed, name } = this.#options
    const [marks, first] = await Promise.all([feed.marks(name, topic), this.#firstOf(topic)])
    const passed = this.#passed.get(topic) ?? {}
    const counts = Object.entries(goal).map(([text, end]) => {
      const partition = Number(text)
      const next = Math.max(marks[partition]?.next ?? first[partition] ?? 0, passed[partition] ?? 0)
      return Math.max(0, end - next)
    })
    return sum(counts)
  }

  /** Where a partition without a mark begins. */
  async #firstOf(topic: string): Promise<Offsets> {
    const known = this.#first.get(topic)
    if (known) return known
    const { log, from = 'start' } = this.#options
    const first = await log.offsetsAt(topic, from === 'start' ? 0 : from)
    // A time that has no record yet may get one: then the end of the topic is not where it begins.
    if (from === 'start') this.#first.set(topic, first)
    return first
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
