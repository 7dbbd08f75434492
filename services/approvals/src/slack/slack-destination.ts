import type { Approval } from '@sallyport/approval'
import type { RecordsDestination } from '@sallyport/delivery'
import type { StoredRecord } from '@sallyport/event-log'
import { readRecord } from '@sallyport/events'
import { BoundedMap } from '@sallyport/runtime'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { type CallSlack, SlackRefused } from './slack-client.ts'
import { channelOf, type SlackRoute } from './slack-config.ts'
import { messageOf, reminderOf } from './slack-message.ts'

export interface SlackDestinationOptions {
  readonly ready: () => Promise<ApprovalsFold>
  readonly call: CallSlack
  readonly routes: readonly SlackRoute[]
  readonly clock: () => Date
}

/** Where an approval's message is, and what it says. */
interface Posted {
  readonly ts: string
  readonly said: string
}

const MOST_POSTED = 20_000
/** A message is looked for in so many pages of its channel's history. */
const MOST_PAGES = 5
const PAGE = 200
/** Clocks of two machines. */
const SLACK_MS = 60_000

/**
 * Keeps one message for each approval and makes it say how the approval stands now, whichever event it is told of. The
 * message carries the approval's id as metadata, by which it is found again after a restart, so nothing has to be kept.
 */
export function slackDestination({
  ready,
  call,
  routes,
  clock,
}: SlackDestinationOptions): RecordsDestination {
  const posted = new BoundedMap<string, Posted>(MOST_POSTED)
  const startedAt = clock().getTime()

  async function find(channel: string, { approvalId, requestedAt }: Approval, signal: AbortSignal) {
    const oldest = (Date.parse(requestedAt) - SLACK_MS) / 1000
    let latest: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { channel, oldest, limit: PAGE, include_all_metadata: true, ...(latest && { latest }) }
      const { messages = [] } = await call('conversations.history', query, signal)
      const found = messages.find(({ metadata }) => metadata?.event_payload?.approval_id === approvalId)
      if (found) return found.ts
      latest = messages.at(-1)?.ts
      if (messages.length < PAGE) return undefined
    }
    return undefined
  }

  async function post(channel: string, approval: Approval, signal: AbortSignal): Promise<void> {
    const message = messageOf(approval)
    const { approvalId } = approval
    const metadata = { event_type: 'sallyport_approval', event_payload: { approval_id: approvalId } }
    const body = { channel, ...message, metadata, unfurl_links: false, unfurl_media: false }
    const { ts } = await call('chat.postMessage', body, signal)
    if (ts) posted.set(approvalId, { ts, said: JSON.stringify(message) })
  }

  /** A message that was deleted stays deleted: the approval is answered elsewhere, or expires. */
  async function update(channel: string, ts: string, approval: Approval, signal: AbortSignal): Promise<void> {
    const message = messageOf(approval)
    const said = JSON.stringify(message)
    if (posted.get(approval.approvalId)?.said === said) return
    await call('chat.update', { channel, ts, ...message }, signal).catch((reason: unknown) => {
      if (!(reason instanceof SlackRefused && reason.error === 'message_not_found')) throw reason
    })
    posted.set(approval.approvalId, { ts, said })
  }

  async function tell(record: StoredRecord, attempt: number, signal: AbortSignal): Promise<void> {
    const reading = readRecord(record)
    if (reading.kind !== 'event' || !('approvalId' in reading.event.data)) return
    const fold = await ready()
    await fold.reach({ [record.partition]: record.offset + 1 })
    const approval = fold.find(String(reading.event.data.approvalId))
    const channel = approval && channelOf(routes, approval)
    if (!approval || !channel) return
    const isNew = reading.event.type === 'sallyport.approval.requested.v2'
    const surelyNew = isNew && attempt === 1 && record.appendedAt > startedAt
    const known = posted.get(approval.approvalId)?.ts
    const ts = known ?? (surelyNew ? undefined : await find(channel, approval, signal))
    if (ts === undefined) {
      if (approval.status === 'pending' && isNew) await post(channel, approval, signal)
      return
    }
    await update(channel, ts, approval, signal)
    if (approval.status === 'pending' && REMINDS.has(reading.event.type))
      await call('chat.postMessage', { channel, thread_ts: ts, text: reminderOf(approval) }, signal)
  }

  return {
    takes: 'records',
    async deliver({ records }, { number, signal }) {
      for (const record of records) await tell(record, number, signal)
    },
  }
}

const REMINDS: ReadonlySet<string> = new Set([
  'sallyport.approval.reminded.v1',
  'sallyport.approval.escalated.v1',
])
