import type { Checkpoints, Marks } from '@sallyport/delivery'
import type { Offsets } from '@sallyport/event-log'

/** Marks that are what the destination has: asked for once, and from then on what was delivered here. */
export function storedMarks(positions: (topic: string) => Promise<Offsets>): Checkpoints {
  const topics = new Map<string, Promise<Marks>>()
  const ask = async (topic: string): Promise<Marks> => {
    const stored = await positions(topic)
    return Object.fromEntries(Object.entries(stored).map(([partition, next]) => [partition, { next }]))
  }
  return {
    fixed: true,
    load(_consumer, topic) {
      const known = topics.get(topic) ?? ask(topic)
      topics.set(topic, known)
      // What failed is asked for again.
      known.catch(() => topics.delete(topic))
      return known
    },
    async save(_consumer, topic, partition, mark) {
      const marks = (await topics.get(topic)) ?? {}
      topics.set(topic, Promise.resolve({ ...marks, [partition]: mark }))
    },
    async forget() {
      topics.clear()
    },
  }
}
