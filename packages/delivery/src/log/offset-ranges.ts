import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog } from '@sallyport/event-log'
import type { BatchLimits, OffsetRange } from '../batch.ts'
import type { Marks } from '../checkpoints.ts'
import { AheadOfLog } from '../errors.ts'

/** How often the log is asked for its end, in milliseconds: the answer is in memory. */
const LOOK_MS = 100

/** A topic's new offsets in ranges. No record is read. */
export async function* offsetRanges(
  log: EventLog,
  topic: string,
  marks: Marks,
  { maxCount, lingerMs, busy }: BatchLimits,
  signal: AbortSignal,
): AsyncGenerator<OffsetRange> {
  const endOf = async (partition: number) => (await log.ends(topic))[partition] ?? 0
  const pause = async (ms: number) => {
    await delay(ms, undefined, { signal }).catch(() => {})
  }
  const next = new Map(Object.entries(marks).map(([partition, mark]) => [Number(partition), mark]))
  while (!signal.aborted) {
    let found = false
    for (const [partition, end] of partitionsOf(await log.ends(topic))) {
      const mark = next.get(partition) ?? { next: 0 }
      if (end < mark.next) throw new AheadOfLog('the delivery', topic, partition, mark.next, end)
      if (end === mark.next) continue
      found = true
      const begun = mark.until !== undefined && mark.until <= end
      if (!begun && end - mark.next < maxCount) {
        await pause(lingerMs)
        const waiting = (await endOf(partition)) - mark.next
        if (busy && waiting >= busy.count && waiting < maxCount) await pause(busy.lingerMs - lingerMs)
      }
      if (signal.aborted) return
      const to = (begun ? mark.until : undefined) ?? Math.min(await endOf(partition), mark.next + maxCount)
      const range = { topic, partition, from: mark.next, to }
      yield range
      next.set(partition, { next: range.to })
    }
    if (!found) await pause(Math.min(LOOK_MS, lingerMs))
  }
}

function partitionsOf(offsets: Readonly<Record<number, number>>): [number, number][] {
  return Object.entries(offsets).map(([partition, end]) => [Number(partition), end])
}
