import { type OffsetRange, type RecordBatch, recordsOf } from './batch.ts'
import type { Subscription } from './feed.ts'
import type { MarkKeeper } from './mark-keeper.ts'

/**
 * Deals with batches one after another and moves the marks. Rejects when a mark cannot be saved, and with the signal's
 * reason once that is given.
 */
export async function follow(
  batches: AsyncIterable<OffsetRange | RecordBatch>,
  marks: MarkKeeper,
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const { stableBatches, work, passed } = subscription
  for await (const batch of batches) {
    signal.throwIfAborted()
    const idle = recordsOf(batch)?.length === 0
    if (!idle) {
      if (stableBatches) await marks.begin(batch)
      await work(batch, signal)
    }
    await marks.pass(batch, idle)
    passed(batch.topic, batch.partition, batch.to)
  }
}
