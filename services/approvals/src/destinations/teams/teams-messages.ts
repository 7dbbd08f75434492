import type { Approval } from '@sallyport/approval'
import type { ChatMessages } from '../one-message.ts'
import { type CardMessage, reminderOf } from './teams-card.ts'
import { type CallTeams, isGone, TeamsRefused } from './teams-client.ts'

/** The cards of approvals in Teams. What each is called is in the log alone: Teams cannot be asked. */
export function teamsMessages(
  call: CallTeams,
  render: (approval: Approval) => CardMessage,
): ChatMessages<CardMessage> {
  const activities = (conversation: string) =>
    `v3/conversations/${encodeURIComponent(conversation)}/activities`
  return {
    destination: 'teams',
    render,
    async post(conversation, message, _approval, signal) {
      const { id } = await call('POST', activities(conversation), message, signal)
      if (typeof id !== 'string') throw new TeamsRefused('POST of a message', 200, 'without an id')
      return id
    },
    async update(conversation, id, message, signal) {
      await call('PUT', `${activities(conversation)}/${encodeURIComponent(id)}`, message, signal).catch(
        (reason: unknown) => {
          if (!isGone(reason)) throw reason
        },
      )
    },
    async remind(conversation, id, approval, signal) {
      // A reply in the thread of the card, where the conversation is a channel.
      const thread = conversation.startsWith('19:') ? `${conversation};messageid=${id}` : conversation
      await call('POST', activities(thread), reminderOf(approval), signal).catch((reason: unknown) => {
        if (!isGone(reason)) throw reason
      })
    },
  }
}
