import { DestinationFailed, EventRefused } from '@sallyport/delivery'
import { messageOf, SallyportError } from '@sallyport/runtime'
import { createTransport } from 'nodemailer'
import type { EmailConfig, SmtpServer } from './email-config.ts'
import type { Email } from './email-message.ts'

/** The server does not take a message for this recipient yet (4xx), such as one that greylists; others may go through. */
export class RecipientDeferred extends SallyportError {
  constructor(reason: string) {
    super('SP_DELIVERY_FAILED', 'unavailable', reason)
  }
}

/**
 * Sends one message to one address. Rejects with `EventRefused` where the server refuses this recipient or message for
 * good, with `RecipientDeferred` where it does so for now, and with `DestinationFailed` where it takes nothing at present.
 */
export type SendEmail = (email: Email, signal?: AbortSignal) => Promise<void>

export type MailerConfig = Pick<EmailConfig, 'user' | 'password'> & {
  readonly smtp: SmtpServer
  readonly from: string
}

const ANSWER_MS = 15_000

export function mailer({ smtp, from, user, password }: MailerConfig): SendEmail {
  const { host, port, secure, isLocal } = smtp
  const transport = createTransport({
    host,
    port,
    secure,
    // What goes over a network goes over TLS, or does not go.
    requireTLS: !secure && !isLocal,
    ...(user !== null && { auth: { user, pass: password ?? '' } }),
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return async ({ to, inReplyTo, ...email }, signal) => {
    await transport
      .sendMail({
        ...email,
        ...(inReplyTo && { inReplyTo, references: inReplyTo }),
        from: { name: 'Sallyport', address: from },
        // An object: the address is one address, whatever is in it.
        to: { name: '', address: to },
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        ...(signal && { signal }),
      })
      .catch((fault: unknown) => {
        throw failureOf(fault)
      })
  }
}

interface SmtpFault {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

function failureOf(fault: unknown): SallyportError {
  const { code = '', command = '', responseCode = 0, response } = (fault ?? {}) as SmtpFault
  const said = (response ?? messageOf(fault)).slice(0, 300)
  const ofThis = command === 'RCPT TO' || code === 'EMESSAGE' || command === 'DATA'
  if (ofThis && responseCode >= 500)
    return new EventRefused(`the mail server refused it: ${said}`, { cause: fault })
  // 421: the server closes, and takes nothing from anybody.
  if (ofThis && responseCode >= 400 && responseCode !== 421)
    return new RecipientDeferred(`the mail server does not take it yet: ${said}`)
  return new DestinationFailed(`the mail server takes no mail: ${said}`, { cause: fault })
}
