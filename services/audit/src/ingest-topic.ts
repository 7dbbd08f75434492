import type { EventLog, Offsets } from '@sallyport/event-log'
import { type Logger, messageOf, retry } from '@sallyport/runtime'
import { type EventStore, RowRefused } from './adapters/event-store.ts'
import { blockName, withoutRefused } from './domain/block.ts'
import type { Block } from './domain/row-lines.ts'
import { RecordBatch } from './record-batch.ts'

export interface IngestOptions {
  readonly log: EventLog
  readonly store: EventStore
  readonly topic: string
  readonly logger: Logger
  /** Rows that make a batch full (default 10 000). */
  readonly maxRows?: number
  /** How long the first row of a batch waits for others, in milliseconds (default 200); under load five times that. */
  readonly maxWaitMs?: number
  /** Told how many records were stored, block by block. */
  readonly onStored?: (records: number) => void
}

/** How far the ingestion of one topic has come. */
export interface IngestProgress {
  /** The next offset of each partition that is not stored yet; undefined before the store was asked. */
  readonly stored: Offsets | undefined
  /** When the log took the oldest record that was read and is not stored; null when there is none. */
  readonly oldestWaiting: number | null
  /** How many records since the start could not be read and were stored as their bytes. */
  readonly raw: number
  /** Why it does not go on at the moment. */
  readonly fault: string | undefined
}

export interface TopicIngest {
  progress(): IngestProgress
  /** Resolves when every partition is stored up to here; rejects when the ingestion ends before. */
  reached(goal: Offsets): Promise<void>
  stop(): Promise<void>
}

/**
 * Copies a topic into the store and keeps on until stopped. Where to go on is what the store has, so nothing has to
 * be committed: after any crash the next record is the first that is not stored. A block whose insert failed is
 * tried again under the same name, by which the store knows it if it was stored after all.
 */
export function ingestTopic(options: IngestOptions): TopicIngest {
  const { log, store, topic, logger, maxRows = 10_000, maxWaitMs = 200 } = options
  const abort = new AbortController()
  let stored: Record<number, number> | undefined
  let fault: string | undefined
  let raw = 0
  let filling: RecordBatch | undefined
  let writing: RecordBatch | undefined
  let written: Promise<void> = Promise.resolve()
  const waiting = new Set<{
    readonly goal: Offsets
    readonly resolve: () => void
    readonly reject: (reason: Error) => void
  }>()

  const wakeWaiting = () => {
    for (const waiter of waiting) {
      if (!isReached(waiter.goal, stored ?? {})) continue
      waiting.delete(waiter)
      waiter.resolve()
    }
  }

  async function persistently<T>(what: string, work: () => Promise<T>): Promise<T> {
    const result = await retry(work, {
      signal: abort.signal,
      isFinal: (reason) => reason instanceof RowRefused,
      onRetry(reason) {
        if (fault === undefined)
          logger.warn({ topic, reason: messageOf(reason) }, `${what} failed, trying again`)
        fault = `${what} failed: ${messageOf(reason)}`
      },
    })
    fault = undefined
    return result
  }

  async function insert(block: Block, unread = false): Promise<void> {
    try {
      await persistently('the insert', () => store.insert(block))
    } catch (reason) {
      if (!(reason instanceof RowRefused) || unread) throw reason
      const single = block.rows === 1
      if (single)
        logger.error({ name: blockName(block), reason: reason.message }, 'a row was refused; stored unread')
      for (const part of withoutRefused(block, reason.message)) await insert(part, single)
    }
  }

  async function write(batch: RecordBatch): Promise<void> {
    for (const block of batch.close()) {
      await insert(block)
      stored = { ...stored, [block.partition]: block.last + 1 }
      raw += block.raw
      options.onStored?.(block.rows)
      wakeWaiting()
    }
    writing = undefined
  }

  /** Reads until the log ends. One batch fills while one is written, never more. */
  async function run(): Promise<void> {
    await written.catch(() => {})
    filling?.close()
    filling = undefined
    stored = { ...(await store.positions(topic)) }
    wakeWaiting()
    const records = log
      .read(topic, { from: stored, maxBatch: 1000, signal: abort.signal })
      [Symbol.asyncIterator]()
    let next = records.next()
    for (;;) {
      const due = filling && Promise.all([filling.due, written]).then(() => 'due' as const)
      const read = await (due ? Promise.race([next, due]) : next)
      if (read !== 'due') {
        if (read.done) return
        filling ??= new RecordBatch(maxRows, maxWaitMs)
        filling.add(read.value)
        next = records.next()
      }
      if (!filling || (read !== 'due' && !filling.full)) continue
      await written
      writing = filling
      filling = undefined
      written = write(writing)
      written.catch(() => {})
    }
  }

  const running = persistently('the reading', run).catch((reason: unknown) => {
    if (!abort.signal.aborted) fault = `ingestion ended: ${messageOf(reason)}`
  })

  const end = () => {
    for (const { reject } of waiting) reject(new Error(fault ?? 'the ingestion was stopped'))
    waiting.clear()
  }
  void running.then(end)

  return {
    reached: (goal) =>
      new Promise((resolve, reject) => {
        waiting.add({ goal, resolve, reject })
        wakeWaiting()
      }),
    progress: () => ({ stored, oldestWaiting: (writing ?? filling)?.oldest ?? null, raw, fault }),
    async stop() {
      abort.abort()
      await running
      await written.catch(() => {})
      filling?.close()
    },
  }
}

function isReached(goal: Offsets, stored: Offsets): boolean {
  return Object.entries(goal).every(([partition, end]) => (stored[Number(partition)] ?? 0) >= end)
}
