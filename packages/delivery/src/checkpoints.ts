import type { Offsets } from '@sallyport/event-log'

/** How far one partition was delivered. */
export interface Mark {
  /** The next offset to deliver. */
  readonly next: number
  /** With `stableBatches`: the batch that was begun ends before this offset. */
  readonly until?: number
}

/** The marks of one topic, by partition. A partition that was never delivered is left out. */
export type Marks = Readonly<Record<number, Mark>>

/**
 * Where a consumer's marks are kept. A lost mark costs a repetition and no event. So `save` may return before the
 * disk has it, but the mark must survive a kill of the process.
 */
export interface Checkpoints {
  /** Marks that are what the destination has. They cannot be taken back where the log was. */
  readonly fixed?: true
  load(consumer: string, topic: string): Promise<Marks>
  save(consumer: string, topic: string, partition: number, mark: Mark): Promise<void>
  /** Drops what is kept of a consumer that is not wanted any more. */
  forget(consumer: string): Promise<void>
}

/** Marks that end with the process. */
export function memoryCheckpoints(): Checkpoints {
  const consumers = new Map<string, Map<string, Record<number, Mark>>>()
  return {
    async load(consumer, topic) {
      return { ...consumers.get(consumer)?.get(topic) }
    },
    async save(consumer, topic, partition, mark) {
      const topics = consumers.get(consumer) ?? new Map<string, Record<number, Mark>>()
      consumers.set(consumer, topics)
      topics.set(topic, { ...topics.get(topic), [partition]: mark })
    },
    async forget(consumer) {
      consumers.delete(consumer)
    },
  }
}

/** For a destination that can say by itself what it has: nothing is kept beside it. `positions` gives next offsets. */
export function destinationCheckpoints(positions: (topic: string) => Promise<Offsets>): Checkpoints {
  return {
    fixed: true,
    async load(_consumer, topic) {
      const stored = await positions(topic)
      return Object.fromEntries(Object.entries(stored).map(([partition, next]) => [partition, { next }]))
    },
    async save() {},
    async forget() {},
  }
}
