import { type DeadLetters, EventRefused } from '@sallyport/delivery'
import type { StoredRecord } from '@sallyport/event-log'
import { type Logger, messageOf } from '@sallyport/runtime'
import type { Scheduler } from '../../scheduler.ts'
import type { Email } from './email-message.ts'
import { RecipientDeferred, type SendEmail } from './mailer.ts'

export interface DeferredEmail {
  readonly email: Email
  /** Whose event it tells of. */
  readonly record: StoredRecord
  /** Whether anybody still wants it. */
  readonly isWanted: () => boolean
  /** Told once it was sent. */
  readonly onSent: () => Promise<void>
}

export interface DeferredEmailsOptions {
  readonly send: SendEmail
  readonly deadLetters: DeadLetters
  readonly consumer: string
  readonly scheduler: Scheduler
  readonly clock: () => Date
  readonly logger: Logger
}

const MINUTE = 60_000
/** Greylisting lifts within minutes; a message about a call that has ended is worth nothing. */
const PAUSES_MS = [1, 2, 4, 8, 15, 30].map((minutes) => minutes * MINUTE)
const MOST_WAITING = 1000

/**
 * Messages that a server put off for their recipient alone. They are tried again beside the others, which go on. They are
 * kept in memory: what the log knows after a restart is that they were not sent.
 */
export class DeferredEmails {
  readonly #options: DeferredEmailsOptions
  readonly #cancels = new Set<() => void>()

  constructor(options: DeferredEmailsOptions) {
    this.#options = options
  }

  async add(deferred: DeferredEmail, reason: string): Promise<void> {
    if (this.#cancels.size >= MOST_WAITING) return this.#giveUp(deferred, reason, 1)
    this.#tryAfter(deferred, reason, 0)
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancels.clear()
  }

  #tryAfter(deferred: DeferredEmail, reason: string, nth: number): void {
    const pause = PAUSES_MS[nth]
    if (pause === undefined) {
      this.#giveUp(deferred, reason, nth + 1).catch((fault: unknown) => this.#complain(fault))
      return
    }
    const cancel = this.#options.scheduler.after(pause, () => {
      this.#cancels.delete(cancel)
      this.#try(deferred, nth).catch((fault: unknown) => this.#complain(fault))
    })
    this.#cancels.add(cancel)
  }

  async #try(deferred: DeferredEmail, nth: number): Promise<void> {
    if (!deferred.isWanted()) return
    try {
      await this.#options.send(deferred.email)
    } catch (fault) {
      if (fault instanceof EventRefused) return this.#giveUp(deferred, messageOf(fault), nth + 2)
      const passing = fault instanceof RecipientDeferred ? messageOf(fault) : 'the mail server takes no mail'
      return this.#tryAfter(deferred, passing, nth + 1)
    }
    await deferred.onSent()
  }

  async #giveUp({ email, record }: DeferredEmail, reason: string, attempts: number): Promise<void> {
    const { deadLetters, consumer, clock } = this.#options
    const { topic, partition, offset } = record
    const place = { topic, partition, from: offset, to: offset + 1, record }
    const letter = { consumer, ...place, reason: `${email.to}: ${reason}`, attempts, firstAttemptAt: clock() }
    await deadLetters.add(letter)
  }

  #complain(fault: unknown): void {
    this.#options.logger.error({ cause: messageOf(fault) }, 'a message that was put off was not dealt with')
  }
}
