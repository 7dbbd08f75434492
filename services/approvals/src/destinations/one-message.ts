import type { Approval } from '@sallyport/approval'
import { EventRefused, type RecordsDestination } from '@sallyport/delivery'
import type { StoredRecord } from '@sallyport/event-log'
import { BoundedMap } from '@sallyport/runtime'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { newsOf } from './approval-records.ts'
import { type NoteTold, toldBy } from './told-notes.ts'

/** A chat in which an approval is one message. Everything rejects as a destination's `deliver` does. */
export interface ChatMessages<Message> {
  readonly destination: string
  /** What the message says of the approval now. */
  render(approval: Approval): Message
  /** Resolves with what the chat calls the message. */
  post(place: string, message: Message, approval: Approval, signal: AbortSignal): Promise<string>
  /** A message that was deleted stays deleted: the approval is answered elsewhere, or expires. */
  update(place: string, id: string, message: Message, signal: AbortSignal): Promise<void>
  /** Says that it still waits, in a way that notifies. */
  remind(place: string, id: string, approval: Approval, signal: AbortSignal): Promise<void>
  /** A message that was posted before this process knew it, where the chat can be asked for it. */
  find?(place: string, approval: Approval, signal: AbortSignal): Promise<string | undefined>
}

export interface OneMessageOptions<Message> {
  readonly chat: ChatMessages<Message>
  readonly places: (approval: Approval) => readonly string[]
  readonly note: NoteTold
  readonly ready: () => Promise<ApprovalsFold>
  readonly clock: () => Date
}

/** A message in a place, what it says, and whether the log knows of it. */
interface Posted {
  readonly id: string
  readonly said: string
  readonly noted: boolean
}

const MOST_POSTED = 20_000

/**
 * Keeps one message in each place for each approval and makes it say how the approval stands now, whichever event it is
 * told of. The log has which messages there are, so a restart posts none twice; between a post and its note there is the
 * chat itself to ask.
 */
export function oneMessage<Message>({
  chat,
  places,
  note,
  ready,
  clock,
}: OneMessageOptions<Message>): RecordsDestination {
  const posted = new BoundedMap<string, Posted>(MOST_POSTED)
  const startedAt = clock().getTime()

  function known(place: string, approval: Approval): Posted | undefined {
    const here = posted.get(keyOf(place, approval))
    if (here) return here
    const message = toldBy(chat.destination, approval).find((one) => one.place === place)
    return message?.id ? { id: message.id, said: '', noted: true } : undefined
  }

  async function tell(record: StoredRecord, attempt: number, signal: AbortSignal): Promise<void> {
    const news = await newsOf(record, ready)
    if (news === undefined) return
    const { approval, what } = news
    const surelyNew = what === 'asked' && attempt === 1 && record.appendedAt > startedAt
    const refusals: EventRefused[] = []
    for (const place of places(approval)) {
      try {
        await tellIn(place, approval, what, surelyNew, signal)
      } catch (reason) {
        // One place that refuses must not keep the others from hearing of it.
        if (!(reason instanceof EventRefused)) throw reason
        refusals.push(reason)
      }
    }
    if (refusals[0]) throw refusals[0]
  }

  async function tellIn(
    place: string,
    approval: Approval,
    what: string,
    surelyNew: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const message = chat.render(approval)
    const said = JSON.stringify(message)
    const key = keyOf(place, approval)
    const before = known(place, approval) ?? (surelyNew ? undefined : await found(place, approval, signal))
    if (before === undefined) {
      if (approval.status !== 'pending' || what !== 'asked') return
      const id = await chat.post(place, message, approval, signal)
      posted.set(key, { id, said, noted: false })
    } else if (before.said !== said) {
      await chat.update(place, before.id, message, signal)
      posted.set(key, { ...before, said })
    }
    const now = posted.get(key)
    if (now && !now.noted) {
      await note(approval, [{ place, id: now.id }])
      posted.set(key, { ...now, noted: true })
    }
    if (now && approval.status === 'pending' && (what === 'reminded' || what === 'escalated'))
      await chat.remind(place, now.id, approval, signal)
  }

  async function found(place: string, approval: Approval, signal: AbortSignal): Promise<Posted | undefined> {
    const id = await chat.find?.(place, approval, signal)
    return id === undefined ? undefined : { id, said: '', noted: false }
  }

  return {
    takes: 'records',
    async deliver({ records }, { number, signal }) {
      for (const record of records) await tell(record, number, signal)
    },
  }
}

const keyOf = (place: string, { approvalId }: Approval): string => `${approvalId} ${place}`
