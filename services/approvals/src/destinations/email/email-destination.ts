import type { Approval } from '@sallyport/approval'
import type { ControlView, Person } from '@sallyport/control'
import { EventRefused, type RecordsDestination } from '@sallyport/delivery'
import type { StoredRecord } from '@sallyport/event-log'
import { BoundedMap, messageOf } from '@sallyport/runtime'
import type { ApprovalsFold } from '../../approvals-fold.ts'
import { type ApprovalNews, newsOf } from '../approval-records.ts'
import { type NoteTold, type Told, toldBy } from '../told-notes.ts'
import type { DeferredEmails } from './deferred-emails.ts'
import { emailOf, type WayToAnswer } from './email-message.ts'
import type { HourlyLimit } from './hourly-limit.ts'
import { RecipientDeferred, type SendEmail } from './mailer.ts'
import { mailboxesOf, type Recipient, recipientAt, votersOf } from './recipients.ts'

export interface EmailDestinationOptions {
  readonly send: SendEmail
  readonly deferred: DeferredEmails
  readonly limit: HourlyLimit
  readonly ready: () => Promise<ApprovalsFold>
  readonly note: NoteTold
  readonly control: Pick<ControlView, 'state'>
  /** Mailboxes that the operator has told of it. */
  readonly mailboxes: (approval: Approval) => readonly string[]
  /** Whether those are told whose votes it takes. */
  readonly tellsVoters: boolean
  readonly sentenceOf: (approval: Approval) => string
  readonly wayOf: (approval: Approval, person: Person | null, kind: string) => WayToAnswer
  readonly domain: string
  readonly clock: () => Date
}

/** A message that is due. */
interface Due {
  readonly recipient: Recipient
  readonly kind: string
}

const MOST_SENT = 50_000
const MOST_NOTED = 200

/**
 * One message for each person whose vote is wanted, one more for a reminder, and one when it needs no vote any more. The
 * log has who was told what, so a restart repeats none. A message that was sent just before a crash may come twice, with
 * the same Message-ID.
 */
export function emailDestination(options: EmailDestinationOptions): RecordsDestination {
  const { send, deferred, limit, ready, note, control, sentenceOf, wayOf, domain, clock } = options
  const sent = new BoundedMap<string, true>(MOST_SENT)

  const isTold = (approval: Approval, { recipient, kind }: Due) =>
    sent.get(keyOf(approval, recipient.place, kind)) ||
    toldBy('email', approval).some(({ place, id }) => place === recipient.place && id === kind)

  function dueOf({ approval, what, at }: ApprovalNews): Due[] {
    const due = approval.status === 'pending' ? dueWhilePending(approval, what, at) : dueAtTheEnd(approval)
    return due.filter((one) => !isTold(approval, one))
  }

  function dueWhilePending(approval: Approval, what: ApprovalNews['what'], at: string): Due[] {
    const voters = options.tellsVoters ? votersOf(approval, control.state().persons.values()) : []
    const boxes = what === 'asked' ? mailboxesOf(options.mailboxes(approval), voters) : []
    const askedBefore = new Set(toldBy('email', approval).map(({ place }) => place))
    const asking = approval.edit === null ? 'asked' : `edited ${approval.edit.digest.slice(0, 16)}`
    const again = what === 'reminded' || what === 'escalated' ? `${what} ${at}` : asking
    return [...voters, ...boxes].map((recipient) => ({
      recipient,
      kind: askedBefore.has(recipient.place) ? again : asking,
    }))
  }

  /** Whoever was asked and need not look any more; the person who answered knows it. */
  function dueAtTheEnd(approval: Approval): Due[] {
    const answerer = approval.answer?.actor.holderId
    const places = new Set(
      toldBy('email', approval)
        .filter(({ id }) => id !== ENDED)
        .map(({ place }) => place),
    )
    return [...places]
      .map((place) => recipientAt(place, control.state().persons))
      .filter((one) => one !== undefined && (one.person === null || one.person.id !== answerer))
      .map((recipient) => ({ recipient: recipient as Recipient, kind: ENDED }))
  }

  async function sendOne(approval: Approval, due: Due, record: StoredRecord, signal: AbortSignal) {
    const { recipient, kind } = due
    const { place, address: to, person } = recipient
    const now = clock().getTime()
    if (!sent.has(attemptKey(approval, place, kind)) && !limit.takes(to.toLowerCase(), now))
      throw new EventRefused('it has had as many messages as SALLYPORT_EMAIL_PER_HOUR lets it have')
    // An attempt that failed for all is not one more message.
    sent.set(attemptKey(approval, place, kind), true)
    const way = wayOf(approval, person, kind)
    const email = emailOf(approval, { to, sentence: sentenceOf(approval), way, kind, place, domain })
    try {
      await send(email, signal)
    } catch (fault) {
      if (!(fault instanceof RecipientDeferred)) throw fault
      const isWanted = () => kind === ENDED || isPending(approval.approvalId)
      const onSent = () => note(approval, [{ place, id: kind }])
      await deferred.add({ email, record, isWanted, onSent }, messageOf(fault))
      return false
    }
    return true
  }

  let fold: ApprovalsFold | undefined
  const isPending = (approvalId: string) => fold?.find(approvalId)?.status === 'pending'

  async function tell(record: StoredRecord, signal: AbortSignal): Promise<void> {
    fold = await ready()
    const news = await newsOf(record, ready)
    if (news === undefined) return
    const { approval } = news
    const told: Told[] = []
    const refusals: string[] = []
    try {
      for (const due of dueOf(news)) {
        const { place, address } = due.recipient
        try {
          if (await sendOne(approval, due, record, signal)) told.push({ place, id: due.kind })
        } catch (fault) {
          // One recipient that is refused must not keep the others from hearing of it.
          if (!(fault instanceof EventRefused)) throw fault
          refusals.push(`${address}: ${messageOf(fault)}`)
        }
        sent.set(keyOf(approval, place, due.kind), true)
      }
    } finally {
      for (let at = 0; at < told.length; at += MOST_NOTED)
        await note(approval, told.slice(at, at + MOST_NOTED))
    }
    if (refusals.length > 0) throw new EventRefused(refusals.join('; '))
  }

  return {
    takes: 'records',
    async deliver({ records }, { signal }) {
      for (const record of records) await tell(record, signal)
    },
  }
}

const ENDED = 'ended'

const keyOf = ({ approvalId }: Approval, place: string, kind: string): string =>
  `${approvalId} ${place} ${kind}`
const attemptKey = (approval: Approval, place: string, kind: string): string =>
  `attempt ${keyOf(approval, place, kind)}`
