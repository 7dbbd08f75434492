import type { Approval } from '@sallyport/approval'
import type { Person } from '@sallyport/control'
import { InvalidConfig } from '@sallyport/runtime'
import type { Scheduler } from '../../scheduler.ts'
import type { DestinationParts } from '../destination-parts.ts'
import type { ApprovalLinks } from '../links/approval-links.ts'
import { consumerOf, delivering, type RunningDestination } from '../running-destination.ts'
import { noteTold } from '../told-notes.ts'
import { DeferredEmails } from './deferred-emails.ts'
import type { EmailConfig } from './email-config.ts'
import { emailDestination } from './email-destination.ts'
import type { WayToAnswer } from './email-message.ts'
import { HourlyLimit } from './hourly-limit.ts'
import { mailer } from './mailer.ts'

export interface EmailParts extends DestinationParts {
  readonly links: ApprovalLinks
  readonly scheduler: Scheduler
}

/** E-mail as a destination of approvals; undefined where it is not configured. */
export function createEmail(config: EmailConfig, parts: EmailParts): RunningDestination | undefined {
  const { smtp, from, user, password, people, mostPerHour } = config
  if (smtp === null) return undefined
  if (from === null) throw new InvalidConfig(['SALLYPORT_EMAIL_FROM is required with SALLYPORT_EMAIL_SMTP'])
  if (password !== null && user === null)
    throw new InvalidConfig(['SALLYPORT_EMAIL_USER is required with SALLYPORT_EMAIL_PASSWORD'])
  const { ready, clock, control, sentenceOf, placesOf, deadLetters, scheduler, logger } = parts
  const send = mailer({ smtp, from, user, password })
  const consumer = consumerOf('email')
  const deferred = new DeferredEmails({ send, deadLetters, consumer, scheduler, clock, logger })
  return delivering({
    ...parts,
    name: 'email',
    destination: () =>
      emailDestination({
        send,
        deferred,
        limit: new HourlyLimit(mostPerHour),
        ready,
        note: noteTold('email', ready, clock),
        control,
        mailboxes: (approval) => placesOf('email', approval),
        tellsVoters: people === 'voters',
        sentenceOf,
        wayOf: wayOf(config, parts),
        domain: from.slice(from.indexOf('@') + 1),
        clock,
      }),
    onStop: () => deferred.stop(),
  })
}

function wayOf({ links: does }: EmailConfig, { links, pageOf }: EmailParts) {
  return (approval: Approval, person: Person | null, kind: string): WayToAnswer => {
    const { approvalId, expiresAt } = approval
    const page = pageOf(approvalId)
    if (page === null) return { kind: 'none' }
    if (does === 'sign_in' || person?.email == null) return { kind: 'page', url: page }
    const facts = { approvalId, personId: person.id, nth: kind, until: Date.parse(expiresAt) }
    const { token, code } = links.make(facts, person.email)
    // Behind the `#`: no server, log or Referer gets it.
    return { kind: 'link', url: `${page}#link=${token}`, code }
  }
}
