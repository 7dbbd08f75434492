import type { Publisher } from '@sallyport/event-log'
import type { AnyNewEvent } from '@sallyport/events'
import { type Health, type Logger, messageOf, SallyportError } from '@sallyport/runtime'

/** The log did not confirm a decision in time; nothing was forwarded. */
export class RecordTimeout extends SallyportError {
  constructor(ms: number) {
    super('SP_EVENT_LOG_TIMEOUT', 'timeout', `the event log did not confirm a decision within ${ms} ms`)
  }
}

/** How long a failed append keeps the part unwell when nothing was appended since. */
const REMEMBERED_FAULT_MS = 30_000

export interface RecorderOptions {
  readonly publisher: Publisher
  readonly logger: Logger
  /** How long a decision may wait to be confirmed. */
  readonly deadlineMs: number
  /** Events that may wait in the background; what comes beyond is dropped, loudly. */
  readonly maxBackground?: number
}

/** The proxy's way into the log: decisions are waited for, what follows them is not. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #background = new Set<Promise<void>>()
  #lost = 0
  #fault: { readonly reason: string; readonly at: number } | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Resolves when the event is durable; rejects when that is not known within the deadline. */
  durable(event: AnyNewEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      const { publisher, deadlineMs } = this.#options
      const timer = setTimeout(() => {
        const timeout = new RecordTimeout(deadlineMs)
        this.#failed(timeout)
        reject(timeout)
      }, deadlineMs)
      publisher.publish(event).then(
        () => {
          clearTimeout(timer)
          this.#fault = undefined
          resolve()
        },
        (reason: unknown) => {
          clearTimeout(timer)
          this.#failed(reason)
          reject(reason)
        },
      )
    })
  }

  /** Publishes without making anybody wait. A failure is logged, counted and shown by `health`. */
  later(event: AnyNewEvent): void {
    const { publisher, logger, maxBackground = 20_000 } = this.#options
    const lose = (reason: unknown) => {
      this.#lost += 1
      this.#failed(reason)
      logger.error(
        { type: event.type, subject: event.subject, reason: messageOf(reason) },
        'an event was lost',
      )
    }
    if (this.#background.size >= maxBackground) {
      lose(new Error('too many events wait for the log'))
      return
    }
    const done = publisher.publish(event).then(
      () => {
        this.#background.delete(done)
      },
      (reason: unknown) => {
        this.#background.delete(done)
        lose(reason)
      },
    )
    this.#background.add(done)
  }

  /** Waits for what was published in the background. */
  async settled(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background)
  }

  health(): Health {
    const facts = { waiting: this.#background.size, lost: this.#lost }
    if (this.#fault && Date.now() - this.#fault.at < REMEMBERED_FAULT_MS)
      return { status: 'down', reason: this.#fault.reason, facts }
    if (this.#lost > 0) return { status: 'degraded', reason: `${this.#lost} events were lost`, facts }
    return { status: 'ok', facts }
  }

  #failed(reason: unknown): void {
    this.#fault = { reason: messageOf(reason), at: Date.now() }
  }
}
