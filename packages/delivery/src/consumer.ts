import type { EventLog, StoredRecord } from '@sallyport/event-log'
import { type BackoffOptions, type Health, type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import { Backlog } from './backlog.ts'
import { type BatchLimits, DEFAULT_LIMITS, type OffsetRange, recordsOf } from './batch.ts'
import { type DeadLetters, memoryDeadLetters } from './dead-letters.ts'
import { type Dealing, dealWith, type GiveUp } from './deal-with.ts'
import type { AnyDestination, Destination } from './destination.ts'
import { DeliveryStopped } from './errors.ts'
import type { Feed } from './feed.ts'
import { type DeliveryMetrics, noMetrics } from './metrics.ts'

export interface ConsumerOptions {
  /** The same for all instances of a consumer, and for no other consumer of the engine. */
  readonly name: string
  readonly topics: readonly string[]
  readonly destination: AnyDestination
  readonly feed: Feed
  /** Asked for its ends, for the lag. */
  readonly log: EventLog
  /** Where what is given up is kept (default: in memory, for a destination that refuses nothing). */
  readonly deadLetters?: DeadLetters
  /** Defaults: 1000 records, 4 MiB, 200 ms. */
  readonly limits?: Partial<BatchLimits>
  /** Where a partition without a mark begins (default `start`): the oldest record, or a time in milliseconds. */
  readonly from?: 'start' | number
  /** Which records are wanted (default: all). The others are passed over. */
  readonly wants?: (record: StoredRecord) => boolean
  /** A batch that was begun comes again after a crash with the same first and last offset (default false). */
  readonly stableBatches?: boolean
  /** When a failing event becomes a dead letter (default: never; a refused one does at once). */
  readonly giveUp?: GiveUp
  readonly backoff?: BackoffOptions
  /** After this long an attempt's signal is given (default 60 s). */
  readonly attemptMs?: number
  /** More than this behind is worth a person's attention (default 60 s). */
  readonly lateMs?: number
  readonly clock?: () => Date
  readonly logger?: Logger
  readonly metrics?: DeliveryMetrics
}

export interface Lag {
  /** Records of its topics that are not dealt with, wanted or not. */
  readonly events: number
  /** How long the oldest of them that was read here has been in the log; 0 where none was read. */
  readonly ms: number
}

/** A running instance of a consumer. */
export interface Consumer {
  /** Whether this is the instance that works. */
  active(): boolean
  lag(): Promise<Lag>
  /** Why it does not get on at present. */
  fault(): string | undefined
  health(): Promise<Health>
  /** Resolves when everything that is in its topics now is dealt with, by whichever instance. */
  caughtUp(): Promise<void>
  /** Ends the attempt that is under way; another instance may go on. */
  stop(): Promise<void>
}

/** How often `caughtUp` looks at what other instances have saved. */
const LOOK_MS = 250

/** Starts to deliver and keeps on until stopped. */
export function startConsumer(options: ConsumerOptions): Consumer {
  return new RunningConsumer(options)
}

class RunningConsumer implements Consumer {
  readonly #options: ConsumerOptions
  readonly #abort = new AbortController()
  readonly #running: Promise<void>
  readonly #clock: () => Date
  readonly #logger: Logger
  readonly #metrics: DeliveryMetrics
  readonly #backlog: Backlog
  /** By partition, when the log took the first record of the batch that is under way. */
  readonly #underWay = new Map<string, number>()
  readonly #failing = new Map<string, string>()
  #feedFault: string | undefined
  #active = false
  #moved = Promise.withResolvers<void>()

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#clock = options.clock ?? (() => new Date())
    this.#logger = options.logger ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#backlog = new Backlog(options)
    const { name, topics, destination, feed } = options
    const dealing = this.#dealing()
    this.#running = feed.run(
      {
        name,
        topics,
        takes: destination.takes,
        wants: options.wants ?? (() => true),
        from: options.from ?? 'start',
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        stableBatches: options.stableBatches ?? false,
        work: (batch, signal) => this.#work(dealing, batch, signal),
        passed: (topic, partition, next) => this.#pass(topic, partition, next),
        active: (active) => {
          this.#active = active
        },
        fault: (reason) => {
          this.#feedFault = reason
        },
      },
      this.#abort.signal,
    )
    this.#metrics.watch(this)
  }

  get name(): string {
    return this.#options.name
  }

  active(): boolean {
    return this.#active
  }

  async lag(): Promise<Lag> {
    const events = await this.#backlog.size()
    const oldest = Math.min(...this.#underWay.values())
    const ms = events > 0 && Number.isFinite(oldest) ? this.#clock().getTime() - oldest : 0
    return { events, ms: Math.max(0, Math.round(ms)) }
  }

  fault(): string | undefined {
    const [failing] = this.#failing.values()
    return this.#feedFault ?? failing
  }

  async health(): Promise<Health> {
    const { lateMs = 60_000 } = this.#options
    const { events, ms } = await this.lag()
    const facts = { active: this.#active ? 'here' : 'elsewhere', lagEvents: events, lagMs: ms }
    const reason =
      this.fault() ??
      (await this.#backlog.ahead())?.message ??
      (ms > lateMs ? 'it is behind the log' : undefined)
    return reason === undefined ? { status: 'ok', facts } : { status: 'degraded', reason, facts }
  }

  async caughtUp(): Promise<void> {
    const goals = await this.#backlog.ends()
    for (;;) {
      if (this.#abort.signal.aborted) throw new DeliveryStopped(this.name)
      const moved = this.#moved.promise
      if ((await this.#backlog.upTo(goals)) === 0) return
      const later = Promise.withResolvers<void>()
      const timer = setTimeout(later.resolve, LOOK_MS)
      await Promise.race([moved, later.promise])
      clearTimeout(timer)
    }
  }

  async stop(): Promise<void> {
    this.#metrics.forget(this)
    this.#abort.abort()
    this.#moved.resolve()
    await this.#running
  }

  #dealing(): Dealing<OffsetRange> {
    const { name, destination, deadLetters, giveUp = {}, backoff = {}, attemptMs = 60_000 } = this.#options
    return {
      consumer: name,
      // A feed gives records to whoever takes records.
      destination: destination as Destination<OffsetRange>,
      deadLetters: deadLetters ?? memoryDeadLetters(),
      giveUp,
      backoff,
      attemptMs,
      clock: this.#clock,
      onDelivered: (batch) => {
        this.#failing.delete(placeOf(batch))
        this.#metrics.delivered(name, countOf(batch))
      },
      onFailed: (batch, reason) => {
        if (!this.#failing.has(placeOf(batch)))
          this.#logger.warn({ consumer: name, ...rangeOf(batch), reason }, 'a delivery failed')
        this.#failing.set(placeOf(batch), reason)
        this.#metrics.failed(name)
      },
      onDeadLetter: (batch, reason) => {
        this.#logger.error({ consumer: name, ...rangeOf(batch), reason }, 'a delivery was given up')
        this.#failing.delete(placeOf(batch))
        this.#metrics.deadLetters(name, countOf(batch))
      },
    }
  }

  async #work(dealing: Dealing<OffsetRange>, batch: OffsetRange, signal: AbortSignal): Promise<void> {
    const place = placeOf(batch)
    this.#underWay.set(place, recordsOf(batch)?.[0]?.appendedAt ?? this.#clock().getTime())
    try {
      await dealWith(dealing, batch, signal)
    } catch (reason) {
      if (!signal.aborted) this.#logger.error({ reason: messageOf(reason) }, 'a delivery ended by a fault')
      throw reason
    } finally {
      this.#underWay.delete(place)
      this.#failing.delete(place)
    }
  }

  #pass(topic: string, partition: number, next: number): void {
    this.#backlog.passed(topic, partition, next)
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }
}

function placeOf({ topic, partition }: OffsetRange): string {
  return `${topic}/${partition}`
}

function rangeOf({ topic, partition, from, to }: OffsetRange): OffsetRange {
  return { topic, partition, from, to }
}

function countOf(batch: OffsetRange): number {
  return recordsOf(batch)?.length ?? batch.to - batch.from
}
