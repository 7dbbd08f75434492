import {
  type AnyNewEvent,
  type EncodedEvent,
  EVENTS,
  encodeEvent,
  GENESIS_HASH,
  recordHash,
  type Stamp,
} from '@sallyport/events'
import { weightOf } from './byte-budget.ts'
import { EventLogClosed, EventLogOverloaded, EventLogUnavailable, EventTooLarge } from './errors.ts'
import type { EventLog, Position } from './port.ts'

export interface PublisherOptions {
  readonly log: EventLog
  /** The process, unique for each start, e.g. `proxy/0198…`. */
  readonly producer: string
  /** At most this many events in one append (default 500), and 256 KiB unless one event is larger. */
  readonly maxBatch?: number
  /** At most this many events on their way for one topic (default 20 000); beyond it `publish` rejects. */
  readonly maxWaiting?: number
  /** At most this many bytes on their way for one topic (default 64 MiB); beyond it `publish` rejects. */
  readonly maxWaitingBytes?: number
}

/** Stamps events with the producer chain and appends them. */
export interface Publisher {
  /**
   * Resolves when the event is durable. Rejects with `MalformedEvent` or `EventTooLarge` before it is appended,
   * with `EventLogOverloaded`, `EventLogClosed`, or as the log's append does: then it is not known to be recorded.
   */
  publish(event: AnyNewEvent): Promise<Position>
  /** Waits for what is on its way, then refuses. */
  close(): Promise<void>
}

const MAX_EVENT_BYTES = 4 * 1024 * 1024
const MAX_BATCH_BYTES = 256 * 1024
const MAX_WAITING_BYTES = 64 * 1024 * 1024

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
    async publish(event) {
      if (closed) throw new EventLogClosed()
      return laneOf(EVENTS[event.type].topic).add(event)
    },
    async close() {
      closed = true
      await Promise.all([...lanes.values()].map((lane) => lane.drained()))
    },
  }
}

interface Waiting {
  /** Encoded with a stamp that is replaced when it is appended. */
  readonly draft: EncodedEvent
  readonly bytes: number
  readonly resolve: (position: Position) => void
  readonly reject: (reason: unknown) => void
}

class Lane {
  readonly #topic: string
  readonly #log: EventLog
  readonly #options: Required<Omit<PublisherOptions, 'log'>>
  #waiting: Waiting[] = []
  #onTheirWay = 0
  #bytesOnTheirWay = 0
  #flushing: Promise<void> | undefined
  #stamp: Stamp

  constructor(topic: string, { log, ...options }: PublisherOptions) {
    this.#topic = topic
    this.#log = log
    this.#options = { maxBatch: 500, maxWaiting: 20_000, maxWaitingBytes: MAX_WAITING_BYTES, ...options }
    this.#stamp = { producer: options.producer, epoch: 1, seq: 0, prevHash: GENESIS_HASH }
  }

  add(event: AnyNewEvent): Promise<Position> {
    const draft = encodeEvent(event, this.#stamp)
    const bytes = weightOf(draft)
    if (bytes > MAX_EVENT_BYTES) throw new EventTooLarge(event.type, bytes)
    const { maxWaiting, maxWaitingBytes } = this.#options
    if (this.#onTheirWay >= maxWaiting || this.#bytesOnTheirWay + bytes > maxWaitingBytes) {
      throw new EventLogOverloaded(this.#topic)
    }
    this.#onTheirWay += 1
    this.#bytesOnTheirWay += bytes
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, bytes, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  async drained(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  async #flush(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      await this.#publishBatch(this.#takeBatch())
    }
    this.#flushing = undefined
  }

  #takeBatch(): Waiting[] {
    let bytes = 0
    const end = this.#waiting.findIndex((waiting, index) => {
      bytes += waiting.bytes
      return index === this.#options.maxBatch || (index > 0 && bytes > MAX_BATCH_BYTES)
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #publishBatch(batch: readonly Waiting[]): Promise<void> {
    const before = this.#stamp
    try {
      const ordered = await this.#inAppendOrder(batch)
      const positions = await this.#log.append(
        this.#topic,
        ordered.map(({ draft }) => this.#stamped(draft)),
      )
      ordered.forEach(({ resolve }, index) => {
        resolve(positions[index] as Position)
      })
      this.#release(batch)
    } catch (reason) {
      // Whether the batch was written is not known: a new epoch tells a failed append from a removed event.
      this.#stamp = { ...before, epoch: before.epoch + 1, seq: 0 }
      this.#reject(batch, reason)
      // They waited for the same log; one deadline after another would keep them for minutes.
      if (reason instanceof EventLogUnavailable) this.#reject(this.#waiting.splice(0), reason)
    }
  }

  #reject(waiting: readonly Waiting[], reason: unknown): void {
    for (const { reject } of waiting) reject(reason)
    this.#release(waiting)
  }

  #release(waiting: readonly Waiting[]): void {
    this.#onTheirWay -= waiting.length
    this.#bytesOnTheirWay -= waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** By partition, so that an append that breaks off leaves the beginning of the chain and no hole in it. */
  async #inAppendOrder(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    if (!this.#log.partitionsOf || batch.length === 1) return batch
    const partitions = await this.#log.partitionsOf(
      this.#topic,
      batch.map(({ draft }) => draft.key),
    )
    return batch
      .map((waiting, index) => ({ waiting, partition: partitions[index] ?? 0 }))
      .sort((a, b) => a.partition - b.partition)
      .map(({ waiting }) => waiting)
  }

  #stamped(draft: EncodedEvent): EncodedEvent {
    const { epoch, seq, prevHash } = this.#stamp
    const headers = { ...draft.headers, ce_epoch: String(epoch), ce_seq: String(seq), ce_prevhash: prevHash }
    const record = { ...draft, headers }
    this.#stamp = { ...this.#stamp, seq: seq + 1, prevHash: recordHash(record) }
    return record
  }
}
