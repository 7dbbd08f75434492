import {
  type AnyNewEvent,
  type EncodedEvent,
  EVENTS,
  encodeEvent,
  GENESIS_HASH,
  recordHash,
} from '@sallyport/events'
import { EventLogClosed, EventLogOverloaded } from './errors.ts'
import type { EventLog, Position } from './port.ts'

export interface PublisherOptions {
  readonly log: EventLog
  /** The process, unique for each start, e.g. `proxy/0198…`. */
  readonly producer: string
  /** At most this many events in one append (default 500). */
  readonly maxBatch?: number
  /** At most this many events waiting for one topic (default 20 000); beyond it `publish` rejects. */
  readonly maxWaiting?: number
}

/** Stamps events with the producer chain and appends them; resolves when the event is durable. */
export interface Publisher {
  publish(event: AnyNewEvent): Promise<Position>
  /** Waits for what is on its way, then refuses. */
  close(): Promise<void>
}

interface Waiting {
  readonly event: AnyNewEvent
  readonly resolve: (position: Position) => void
  readonly reject: (reason: unknown) => void
}

/**
 * One append is in flight for each topic; what arrives meanwhile makes up the next one. So a lone event waits for
 * nothing, sixty-four callers share one flush, and stamping at the flush keeps each chain without gaps.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const lanes = new Map<string, Lane>()
  let closed = false

  const laneOf = (topic: string): Lane => {
    const known = lanes.get(topic)
    if (known) return known
    const lane = new Lane(topic, options)
    lanes.set(topic, lane)
    return lane
  }

  return {
    publish(event) {
      if (closed) return Promise.reject(new EventLogClosed())
      return laneOf(EVENTS[event.type].topic).add(event)
    },
    async close() {
      closed = true
      await Promise.all([...lanes.values()].map((lane) => lane.drained()))
    },
  }
}

class Lane {
  readonly #topic: string
  readonly #log: EventLog
  readonly #producer: string
  readonly #maxBatch: number
  readonly #maxWaiting: number
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #epoch = 1
  #seq = 0
  #prevHash = GENESIS_HASH

  constructor(topic: string, options: PublisherOptions) {
    this.#topic = topic
    this.#log = options.log
    this.#producer = options.producer
    this.#maxBatch = options.maxBatch ?? 500
    this.#maxWaiting = options.maxWaiting ?? 20_000
  }

  add(event: AnyNewEvent): Promise<Position> {
    if (this.#waiting.length >= this.#maxWaiting) return Promise.reject(new EventLogOverloaded(this.#topic))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  async drained(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  async #flush(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#maxBatch)
      await this.#appendBatch(batch)
    }
    this.#flushing = undefined
  }

  async #appendBatch(batch: readonly Waiting[]): Promise<void> {
    const start = { seq: this.#seq, prevHash: this.#prevHash }
    const records: EncodedEvent[] = []
    const taken: Waiting[] = []
    for (const waiting of batch) {
      const record = this.#stamp(waiting)
      if (!record) continue
      records.push(record)
      taken.push(waiting)
    }
    if (records.length === 0) return
    try {
      const positions = await this.#log.append(this.#topic, records)
      taken.forEach((waiting, index) => {
        waiting.resolve(positions[index] as Position)
      })
    } catch (reason) {
      // Whether the batch was written is not known: a new epoch tells a failed append from a removed event.
      this.#epoch += 1
      this.#seq = 0
      this.#prevHash = start.prevHash
      for (const waiting of taken) waiting.reject(reason)
    }
  }

  #stamp(waiting: Waiting): EncodedEvent | undefined {
    const stamp = { producer: this.#producer, epoch: this.#epoch, seq: this.#seq, prevHash: this.#prevHash }
    try {
      const record = encodeEvent(waiting.event, stamp)
      this.#seq += 1
      this.#prevHash = recordHash(record)
      return record
    } catch (reason) {
      waiting.reject(reason)
      return undefined
    }
  }
}
