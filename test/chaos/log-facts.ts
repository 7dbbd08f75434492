import type { Approval } from '@sallyport/approval'
import { type ApprovalsState, evolve, initialState, isApprovalEvent } from '@sallyport/approval'
import { type KafkaEventLog, kafkaEventLog } from '@sallyport/event-log/kafka'
import { readRecord, type SallyportEvent, TOPICS } from '@sallyport/events'
import { silentLogger } from '@sallyport/runtime'

/** An event of the log, with when the log took it, in milliseconds since the epoch. */
export interface Logged {
  readonly event: SallyportEvent
  readonly appendedAt: number
}

export interface LogFacts {
  /** In the order of each partition. */
  readonly approvals: readonly Logged[]
  readonly actions: readonly Logged[]
  /** What the events of approvals fold to. */
  readonly folded: ReadonlyMap<string, Approval>
}

/** Reads what the log has of approvals and actions, and folds the approvals as every instance does. */
export async function readLog(brokers: readonly string[]): Promise<LogFacts> {
  const log = kafkaEventLog({ brokers, clientId: 'chaos-reader', logger: silentLogger })
  try {
    const [approvals, actions] = [
      await readTopic(log, TOPICS.approvals),
      await readTopic(log, TOPICS.actions),
    ]
    let state: ApprovalsState = initialState()
    for (const { event } of approvals) if (isApprovalEvent(event)) state = evolve(state, event).state
    return { approvals, actions, folded: state.approvals }
  } finally {
    await log.close()
  }
}

async function readTopic(log: KafkaEventLog, topic: string): Promise<readonly Logged[]> {
  const ends = await log.ends(topic)
  const left = new Map(Object.entries(ends).filter(([, end]) => end > 0))
  const events: Logged[] = []
  const abort = new AbortController()
  if (left.size === 0) return events
  for await (const batch of log.read(topic, { from: 'start', signal: abort.signal })) {
    for (const record of batch) {
      const reading = readRecord(record)
      if (reading.kind === 'event') events.push({ event: reading.event, appendedAt: record.appendedAt })
      if (record.offset + 1 >= (left.get(String(record.partition)) ?? Number.POSITIVE_INFINITY))
        left.delete(String(record.partition))
    }
    if (left.size === 0) abort.abort()
  }
  return events
}
