import { BoundedMap, type Logger } from '@sallyport/runtime'
import type { DroppedMessage } from '../../domain/dropped-message.ts'
import { type DroppedFrom, messageDroppedEvent } from '../../domain/records.ts'
import type { Recorder } from './recorder.ts'

const MOST_KNOWN = 1000
/** The first of one upstream are told one by one; then one event in this time stands for all that were dropped in it. */
const AT_ONCE = 10
const EVERY_MS = 10_000

interface Recording {
  readonly recorder: Recorder
  readonly clock: () => Date
  readonly logger: Logger
}

interface Told {
  count: number
  /** Dropped since the last event. */
  waiting: number
  at: number
}

/**
 * The messages of upstreams that reach nobody: in the log with their upstream, and as events. A server that writes
 * without end fills neither.
 */
export class DroppedMessages {
  readonly #recording: Recording
  readonly #told = new BoundedMap<string, Told>(MOST_KNOWN)

  constructor(recording: Recording) {
    this.#recording = recording
  }

  tell(from: DroppedFrom, dropped: DroppedMessage): void {
    const key = `${from.gateway.id} ${from.upstream}`
    const told = this.#told.get(key) ?? { count: 0, waiting: 0, at: Number.NEGATIVE_INFINITY }
    this.#told.set(key, told)
    told.waiting += 1
    const now = performance.now()
    if (told.count >= AT_ONCE && now - told.at < EVERY_MS) return
    const { recorder, clock, logger } = this.#recording
    const { gateway, upstream } = from
    const { waiting: messages } = told
    told.count += 1
    told.waiting = 0
    told.at = now
    logger.warn(
      { upstream, gateway: gateway.name, messages, ...dropped },
      "an upstream's message was dropped",
    )
    recorder.later(messageDroppedEvent(from, dropped, messages, clock()))
  }
}
