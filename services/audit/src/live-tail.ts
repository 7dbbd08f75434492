import type { RunningControlView } from '@sallyport/control'
import type { EventLog, Offsets, StoredRecord } from '@sallyport/event-log'
import { readRecord, TOPICS } from '@sallyport/events'
import { type Logger, messageOf } from '@sallyport/runtime'
import { isAdminEvent } from './domain/admin-acts.ts'
import { isWanted, type LiveItem, LiveItems, liveAct, liveUndecodable } from './domain/live-items.ts'
import { eventIdOf, instantOf, tenantOf } from './domain/record-identity.ts'
import type { TimelineFilter } from './domain/timeline-filter.ts'
import type { TimelineItem } from './domain/timeline-item.ts'

export interface LiveTailOptions {
  readonly log: EventLog
  /** The fold that knows what came of an administrative act. */
  readonly control: Pick<RunningControlView, 'settled' | 'effectOf'>
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
export function createLiveTail({ log, control, logger, tenant }: LiveTailOptions): LiveTail {
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
    const { signal } = abort
    const items = new LiveItems()
    const readActions = async (from: Offsets) => {
      for await (const batch of log.read(TOPICS.actions, { from, signal }))
        for (const record of batch) if (tenantOf(record) === tenant) show(liveOf(record, items))
    }
    const readActs = async (topic: string, from: Offsets) => {
      for await (const batch of log.read(topic, { from, signal }))
        for (const record of batch) if (tenantOf(record) === tenant) show(await actOf(record, control))
    }
    const run = async () => {
      const topics = [TOPICS.actions, TOPICS.control, TOPICS.deadLetters]
      const [actions = {}, commands = {}, deliveries = {}] = await Promise.all(
        topics.map((topic) => log.ends(topic)),
      )
      begun.resolve()
      await Promise.all([
        readActions(actions),
        readActs(TOPICS.control, commands),
        readActs(TOPICS.deadLetters, deliveries),
      ])
    }
    const ended = run().catch((reason: unknown) => {
      abort.abort()
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
  return reading.kind === 'event' ? items.next(reading.event) : unread(record, reading.fault.message)
}

async function actOf(
  record: StoredRecord,
  control: LiveTailOptions['control'],
): Promise<LiveItem | undefined> {
  const reading = readRecord(record)
  if (reading.kind !== 'event') return unread(record, reading.fault.message)
  if (!isAdminEvent(reading.event)) return undefined
  if (record.topic !== TOPICS.control) return liveAct(reading.event, { kind: 'done' })
  // Where the fold has ended, what came of the act stays unknown.
  await control.settled(record).catch(() => {})
  return liveAct(reading.event, control.effectOf(record.offset))
}

function unread(record: StoredRecord, reason: string): LiveItem {
  const { topic, partition, offset } = record
  return liveUndecodable({
    kind: 'undecodable',
    eventId: eventIdOf(record),
    at: new Date(instantOf(record)).toISOString(),
    undecodable: { topic, partition, offset, reason },
  })
}
