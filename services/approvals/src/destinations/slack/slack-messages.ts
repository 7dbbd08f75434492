import type { Approval } from '@sallyport/approval'
import type { ChatMessages } from '../one-message.ts'
import { type CallSlack, SlackRefused } from './slack-client.ts'
import { reminderOf, type SlackMessage } from './slack-message.ts'

/** A message is looked for in so many pages of its channel's history. */
const MOST_PAGES = 5
const PAGE = 200
/** Clocks of two machines. */
const SLACK_MS = 60_000

/** The messages of approvals in Slack. Each carries its approval's id as metadata, by which it is found again. */
export function slackMessages(
  call: CallSlack,
  render: (approval: Approval) => SlackMessage,
): ChatMessages<SlackMessage> {
  return {
    destination: 'slack',
    render,
    async post(channel, message, { approvalId }, signal) {
      const metadata = { event_type: 'sallyport_approval', event_payload: { approval_id: approvalId } }
      const body = { channel, ...message, metadata, unfurl_links: false, unfurl_media: false }
      const { ts } = await call('chat.postMessage', body, signal)
      if (!ts) throw new SlackRefused('chat.postMessage', 'no timestamp of the message')
      return ts
    },
    async update(channel, ts, message, signal) {
      await call('chat.update', { channel, ts, ...message }, signal).catch((reason: unknown) => {
        if (!(reason instanceof SlackRefused && reason.error === 'message_not_found')) throw reason
      })
    },
    async remind(channel, ts, approval, signal) {
      await call('chat.postMessage', { channel, thread_ts: ts, text: reminderOf(approval) }, signal)
    },
    async find(channel, { approvalId, requestedAt }, signal) {
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
    },
  }
}
