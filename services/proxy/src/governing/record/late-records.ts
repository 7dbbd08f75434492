import { setTimeout as delay } from 'node:timers/promises'
import type { Publisher } from '@sallyport/event-log'
import { type AnyNewEvent, DEFAULT_TENANT, MalformedEvent, newEvent } from '@sallyport/events'
import { Backoff, type Logger, messageOf } from '@sallyport/runtime'
import type { LateFile } from './late-file.ts'

export interface LateRecordsOptions {
  readonly publisher: Publisher
  /** Where what is kept outlives this process; null where there is no disk for it. */
  readonly file: LateFile | null
  /** Bytes that may be kept, as JSON. More is counted and not kept. */
  readonly maxBytes: number
  readonly clock: () => Date
  readonly logger: Logger
  /** The longest pause between two tries to append (default 2 s). */
  readonly longestPauseMs?: number
}

interface Kept {
  readonly event: AnyNewEvent
  readonly line: string
}

/** How many are appended at once when the log is back. */
const BATCH = 100
const STOP_MS = 200

/**
 * What could not be recorded when it happened: kept in memory and on disk, and appended when the log can be written
 * again, marked as late. What finds no room is counted, and the count is recorded too.
 */
export class LateRecords {
  readonly #options: LateRecordsOptions
  readonly #abort = new AbortController()
  #kept: Kept[] = []
  #bytes = 0
  #appended = 0
  #notKept = 0
  /** Those that no event in the log counts yet. */
  #uncounted: { readonly count: number; readonly since: string; readonly until: string } | undefined
  #running: Promise<void> | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: LateRecordsOptions) {
    this.#options = options
  }

  /** Takes over what an earlier process left on disk. */
  async start(): Promise<void> {
    const { file, logger } = this.#options
    if (file === null) return
    const { events, unreadable } = await file.read()
    if (unreadable > 0) logger.error({ unreadable }, 'kept events of an earlier process cannot be read')
    // Each was an event that is in no log.
    for (let line = 0; line < unreadable; line++) this.#missed()
    for (const event of events) if (this.#take(event) === undefined) this.#missed()
    this.#run()
  }

  /** False where there is no room: the event is not kept, and counted. */
  keep(event: AnyNewEvent): boolean {
    const line = this.#take(event)
    if (line === undefined) this.#missed()
    else this.#onDisk((file) => file.append(line))
    this.#run()
    return line !== undefined
  }

  /** How many wait for the log, were appended late, and were not kept. */
  counts(): { readonly kept: number; readonly late: number; readonly lost: number } {
    return { kept: this.#kept.length, late: this.#appended, lost: this.#notKept }
  }

  /** What still waits stays on disk; without one it is lost, which the process's own log says. */
  async stop(): Promise<void> {
    this.#abort.abort()
    // An append that is asked for now may take as long as the log likes.
    await Promise.race([this.#running, delay(STOP_MS, undefined, { ref: false })])
    await this.#writing
    const { file, logger } = this.#options
    if (file === null && this.#kept.length > 0)
      logger.error({ events: this.#kept.length }, 'events that waited for the log end with this process')
  }

  #take(event: AnyNewEvent): string | undefined {
    const line = JSON.stringify(event)
    if (this.#bytes + line.length > this.#options.maxBytes) return undefined
    this.#kept.push({ event, line })
    this.#bytes += line.length
    return line
  }

  #missed(): void {
    const now = this.#options.clock().toISOString()
    const { count = 0, since = now } = this.#uncounted ?? {}
    this.#uncounted = { count: count + 1, since, until: now }
    this.#notKept += 1
  }

  #run(): void {
    this.#running ??= this.#appendAll().finally(() => {
      this.#running = undefined
    })
  }

  async #appendAll(): Promise<void> {
    const { logger, longestPauseMs = 2000 } = this.#options
    const { signal } = this.#abort
    const backoff = new Backoff({ longestMs: longestPauseMs })
    while (!signal.aborted && (this.#kept.length > 0 || this.#uncounted !== undefined)) {
      try {
        await this.#appendSome()
        backoff.reset()
      } catch (reason) {
        logger.debug({ reason: messageOf(reason), waiting: this.#kept.length }, 'the log takes nothing yet')
        await delay(backoff.nextMs(), undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }

  /** The first by itself: a log that is away is asked once and not a hundred times. */
  async #appendSome(): Promise<void> {
    const [first, ...others] = this.#kept.slice(0, BATCH)
    if (first !== undefined) {
      await this.#append(first)
      await Promise.allSettled(others.map((kept) => this.#append(kept)))
      this.#onDisk((file) => file.replace(this.#kept.map(({ line }) => line)))
    }
    if (this.#kept.length > 0 || this.#uncounted === undefined) return
    const counted = this.#uncounted
    await this.#options.publisher.publish(lostEvent(counted, this.#options.clock()))
    this.#uncounted = undefined
  }

  async #append(kept: Kept): Promise<void> {
    const { publisher, logger } = this.#options
    try {
      await publisher.publish({ ...kept.event, late: true })
      this.#appended += 1
    } catch (reason) {
      if (!(reason instanceof MalformedEvent)) throw reason
      logger.error({ type: kept.event.type, reason: reason.message }, 'a kept event cannot be recorded')
      this.#missed()
    }
    this.#kept = this.#kept.filter((one) => one !== kept)
    this.#bytes -= kept.line.length
  }

  /** A disk that is full, perhaps with the log, leaves what is kept in memory. */
  #onDisk(write: (file: LateFile) => Promise<void>): void {
    const { file, logger } = this.#options
    if (file === null) return
    this.#writing = this.#writing
      .then(() => write(file))
      .catch((reason: unknown) =>
        logger.warn({ reason: messageOf(reason) }, 'events that wait for the log are in memory only'),
      )
  }
}

function lostEvent(
  lost: { readonly count: number; readonly since: string; readonly until: string },
  at: Date,
): AnyNewEvent {
  return newEvent(
    {
      type: 'sallyport.record.lost.v1',
      source: '/proxy',
      subject: 'record',
      tenant: DEFAULT_TENANT,
      key: DEFAULT_TENANT,
      data: { ...lost, reason: 'the log could not be written, and there was no more room to keep them' },
    },
    at,
  )
}
