import type { Webhook } from '@sallyport/control'
import { EventRefused, type RecordsDestination, replayOf } from '@sallyport/delivery'
import { messageOfRecord } from '@sallyport/delivery/webhook'
import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { type PostMessage, ReceiverGone } from './post-message.ts'
import { recordAt } from './record-at.ts'

export interface WebhookDestinationOptions {
  readonly webhook: Webhook
  readonly log: EventLog
  readonly post: PostMessage
  /** The key that signs. Rejects where the secret cannot be had at present. */
  readonly keyOf: (webhook: Webhook) => Promise<Uint8Array>
  /** Called when the receiver said that it is gone. */
  readonly onGone: (webhook: Webhook) => void
  readonly clock: () => Date
}

/** Posts each event as one message. A request to replay a dead letter posts the event that the letter is about. */
export function webhookDestination(options: WebhookDestinationOptions): RecordsDestination {
  const { webhook, log, post, keyOf, onGone, clock } = options

  async function eventOf(record: StoredRecord, signal: AbortSignal): Promise<StoredRecord> {
    const replay = replayOf(record)
    return replay ? recordAt(log, replay, signal) : record
  }

  return {
    takes: 'records',
    async deliver({ records }, { signal }) {
      const key = await keyOf(webhook)
      for (const record of records) {
        const message = messageOfRecord(await eventOf(record, signal))
        if (!message) throw new EventRefused('the record is not an event')
        try {
          await post(message, { url: webhook.url, key, at: clock(), signal })
        } catch (reason) {
          if (reason instanceof ReceiverGone) onGone(webhook)
          throw reason
        }
      }
    },
  }
}
