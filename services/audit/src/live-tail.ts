import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { readRecord, TOPICS } from '@sallyport/events'
import { type Logger, messageOf } from '@sallyport/runtime'
import { isWanted, type LiveItem, LiveItems, liveUndecodable } from './domain/live-items.ts'
import { eventIdOf, instantOf, tenantOf } from './domain/record-identity.ts'
import type { TimelineFilter } from './domain/timeline-filter.ts'
import type { TimelineItem } from './domain/timeline-item.ts'

export interface LiveTailOptions {
  readonly log: EventLog
  readonly logger: Logger
  readonly tenant: string
}

export interface LiveReader {
  /** Must not block; called in the order of the log. */
  onItem(item: TimelineItem): void
  /** The tail cannot go on for this reader. */
  onEnd(reason: string): void
}

export interface LiveTail {
  /** Resolves once every action that is recorded from now on will reach the reader. Returns how to leave. */
  follow(filter: TimelineFilter, reader: LiveReader): Promise<() => void>
  stop(): Promise<void>
}

/**
 * Follows the log, not ClickHouse: an item is shown as soon as its event is durable. All watchers share one reading.
 */
export function createLiveTail({ log, logger, tenant }: LiveTailOptions): LiveTail {
  const watching = new Map<LiveReader, TimelineFilter>()
  let reading:
    | { readonly abort: AbortController; readonly begun: Promise<void>; ended: Promise<void> }
    | undefined

  const show = (live: LiveItem | undefined) => {
    if (!live) return
    for (const [reader, filter] of watching) if (isWanted(filter, live)) reader.onItem(live.item)
  }

  const begin = () => {
    const abort = new AbortController()
    const begun = Promise.withResolvers<void>()
    const run = async () => {
      const items = new LiveItems()
      const from = await log.ends(TOPICS.actions)
      begun.resolve()
      for await (const batch of log.read(TOPICS.actions, { from, signal: abort.signal }))
        for (const record of batch) if (tenantOf(record) === tenant) show(liveOf(record, items))
    }
    const ended = run().catch((reason: unknown) => {
      logger.warn({ reason: messageOf(reason) }, 'the live tail ended')
      begun.reject(reason)
    })
    begun.promise.catch(() => {})
    void ended.then(() => {
      if (reading?.abort !== abort) return
      reading = undefined
      for (const reader of watching.keys()) reader.onEnd('the log cannot be read')
      watching.clear()
    })
    return { abort, begun: begun.promise, ended }
  }

  return {
    async follow(filter, reader) {
      reading ??= begin()
      watching.set(reader, filter)
      await reading.begun
      return () => {
        watching.delete(reader)
        if (watching.size > 0) return
        reading?.abort.abort()
        reading = undefined
      }
    },
    async stop() {
      for (const reader of watching.keys()) reader.onEnd('Sallyport stops')
      watching.clear()
      const last = reading
      reading = undefined
      last?.abort.abort()
      await last?.ended
    },
  }
}

function liveOf(record: StoredRecord, items: LiveItems): LiveItem | undefined {
  const reading = readRecord(record)
  if (reading.kind === 'event') return items.next(reading.event)
  const reason = reading.fault.message
  const { topic, partition, offset } = record
  return liveUndecodable({
    eventId: eventIdOf(record),
    at: new Date(instantOf(record)).toISOString(),
    undecodable: { topic, partition, offset, reason },
  })
}
