import type { StoredRecord } from '@sallyport/event-log'
import type { RecordBatch } from './batch.ts'
import type { Marks } from './checkpoints.ts'
import type { Subscription } from './feed.ts'
import { OpenBatch } from './open-batch.ts'

/** A reader's records in batches. The reader is asked for more when the next batch is asked for. */
export async function* recordBatches(
  reader: AsyncIterator<StoredRecord[]>,
  marks: Marks,
  { limits, wants }: Pick<Subscription, 'limits' | 'wants'>,
): AsyncGenerator<RecordBatch> {
  const source = new Records(reader)
  try {
    for (let first = await source.take(); first; first = await source.take()) {
      const batch = new OpenBatch(first, limits, wants, marks[first.partition])
      const closing = performance.now() + limits.lingerMs
      while (!batch.full) {
        const leftMs = batch.bound ? Number.POSITIVE_INFINITY : closing - performance.now()
        const record = await source.peek(leftMs)
        if (!record || !batch.add(record)) break
        source.skip()
      }
      yield batch.close()
    }
  } finally {
    await source.end()
  }
}

/** A reader's records one by one, with a look ahead that can be given up after a time. */
class Records {
  readonly #batches: AsyncIterator<StoredRecord[]>
  #coming: Promise<IteratorResult<StoredRecord[]>> | undefined
  #batch: readonly StoredRecord[] = []
  #next = 0

  constructor(batches: AsyncIterator<StoredRecord[]>) {
    this.#batches = batches
  }

  async take(): Promise<StoredRecord | undefined> {
    const record = await this.peek(Number.POSITIVE_INFINITY)
    this.skip()
    return record
  }

  /** The next record, or undefined when there is none within `ms` or the reader has ended. */
  async peek(ms: number): Promise<StoredRecord | undefined> {
    const known = this.#batch[this.#next]
    if (known) return known
    if (ms <= 0) return undefined
    this.#coming ??= this.#batches.next()
    const result = await within(this.#coming, ms)
    if (!result) return undefined
    this.#coming = undefined
    if (result.done) return undefined
    this.#batch = result.value
    this.#next = 0
    return this.#batch[0]
  }

  skip(): void {
    this.#next += 1
  }

  async end(): Promise<void> {
    this.#coming?.catch(() => {})
    await this.#batches.return?.()
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  if (!Number.isFinite(ms)) return work
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
