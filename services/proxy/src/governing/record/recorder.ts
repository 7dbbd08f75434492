import type { Publisher } from '@sallyport/event-log'
import type { AnyNewEvent } from '@sallyport/events'
import { afterLoopTime, type Health, type Logger, messageOf, SallyportError } from '@sallyport/runtime'
import type { LateRecords } from './late-records.ts'

/** The log did not confirm a decision in time; nothing was forwarded. */
export class RecordTimeout extends SallyportError {
  constructor(ms: number) {
    super('SP_EVENT_LOG_TIMEOUT', 'timeout', `the event log did not confirm a decision within ${ms} ms`)
  }
}

/** How long a failed append keeps the part unwell when nothing was appended since. */
const REMEMBERED_FAULT_MS = 30_000

/** How long an event that nobody waits for may wait for one that somebody does. */
const HELD_BACK_MS = 5

export interface RecorderOptions {
  readonly publisher: Publisher
  /** Keeps what the log does not take. */
  readonly late: LateRecords
  readonly logger: Logger
  /** How long a decision may wait to be confirmed. */
  readonly deadlineMs: number
  /** How many events may wait in the background. More are kept as those are that the log does not take. */
  readonly maxBackground?: number
  /** Told of each event that is recorded, as it is. It must not throw. */
  readonly onRecorded?: (event: AnyNewEvent) => void
}

/** The proxy's way into the log. It waits until a decision is in the log, and does not wait for later events. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #background = new Set<Promise<void>>()
  readonly #queue: AnyNewEvent[] = []
  #timer: NodeJS.Timeout | undefined
  #fault: { readonly reason: string; readonly at: number } | undefined

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Resolves when the event is durable; rejects when that is not known within the deadline, in the event loop's time. */
  durable(event: AnyNewEvent): Promise<void> {
    return new Promise((resolve, reject) => {
      const { publisher, deadlineMs } = this.#options
      const forget = afterLoopTime(deadlineMs, () => {
        const timeout = new RecordTimeout(deadlineMs)
        this.#failed(timeout)
        reject(timeout)
      })
      if (this.#queue.length > 0) this.#publishQueue()
      publisher.publish(event).then(
        () => {
          forget()
          this.#fault = undefined
          this.#options.onRecorded?.(event)
          resolve()
        },
        (reason: unknown) => {
          forget()
          this.#failed(reason)
          reject(reason)
        },
      )
    })
  }

  /**
   * Records without making anybody wait. Held back a moment, so that the next decision's flush takes it along: its
   * own would make that decision wait. What the log does not take is kept.
   */
  later(event: AnyNewEvent): void {
    this.#options.onRecorded?.(event)
    if (this.#queue.length + this.#background.size >= (this.#options.maxBackground ?? 20_000)) {
      this.#lose(event, new Error('too many events wait for the log'))
      return
    }
    this.#queue.push(event)
    this.#timer ??= setTimeout(() => this.#publishQueue(), HELD_BACK_MS)
  }

  /** Takes over what an earlier process could not record. */
  start(): Promise<void> {
    return this.#options.late.start()
  }

  /** After `settled`. */
  stop(): Promise<void> {
    return this.#options.late.stop()
  }

  /** Keeps an event that the log did not take, to be appended when it does. */
  keep(event: AnyNewEvent): void {
    const { late, logger } = this.#options
    if (late.keep(event)) return
    const { type, subject } = event
    logger.error({ type, subject }, 'an event was lost: there is no more room to keep it')
  }

  /** Waits for what was published in the background. */
  async settled(): Promise<void> {
    this.#publishQueue()
    while (this.#background.size > 0) await Promise.all(this.#background)
  }

  health(): Health {
    const { kept, late, lost } = this.#options.late.counts()
    const facts = { waiting: this.#queue.length + this.#background.size, kept, late, lost }
    if (this.#fault && Date.now() - this.#fault.at < REMEMBERED_FAULT_MS)
      return { status: 'down', reason: this.#fault.reason, facts }
    if (kept > 0) return { status: 'degraded', reason: `${kept} events wait for the log`, facts }
    if (lost > 0) return { status: 'degraded', reason: `${lost} events were lost`, facts }
    return { status: 'ok', facts }
  }

  #publishQueue(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const event of this.#queue.splice(0)) {
      const done = this.#options.publisher.publish(event).then(
        () => {
          this.#background.delete(done)
        },
        (reason: unknown) => {
          this.#background.delete(done)
          this.#lose(event, reason)
        },
      )
      this.#background.add(done)
    }
  }

  #lose(event: AnyNewEvent, reason: unknown): void {
    this.#failed(reason)
    this.keep(event)
  }

  #failed(reason: unknown): void {
    this.#fault = { reason: messageOf(reason), at: Date.now() }
  }
}
