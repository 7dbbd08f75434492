import { readRecord, recordHash, type SallyportEvent, type UnreadFault } from '@sallyport/events'
import { type Logger, messageOf, retry, silentLogger } from '@sallyport/runtime'
import { type AcceptedDamage, acceptedDamage } from './damage/accepted-damage.ts'
import { type LogDamage, logDamage, placeOfDamage } from './damage/log-damage.ts'
import { LogVerification } from './damage/log-verification.ts'
import {
  EventLogDamaged,
  EventLogOverloaded,
  EventLogRefused,
  EventLogUnavailable,
  FoldEnded,
  OutcomeUnknown,
} from './errors.ts'
import type { EventLog, Offsets, Position, StoredRecord } from './port.ts'
import { Progress } from './progress.ts'
import { Settlements } from './settlements.ts'

export interface FoldOptions<Outcome> {
  readonly log: EventLog
  readonly topic: string
  readonly from?: 'start' | Offsets
  /**
   * Applies one event, in log order, synchronously. Its result goes to the callers of `settled` for that position. A
   * fold whose `apply` throws ends, because nobody knows how much of the event is in the state.
   */
  readonly apply: (event: SallyportEvent, record: StoredRecord) => Outcome
  /** The damage past which this fold goes on (default: what operators have accepted in this log). */
  readonly damage?: AcceptedDamage
  /** Whether every record since the first decides about the state, so that a head that is not kept is damage. */
  readonly needsAll?: boolean
  readonly logger?: Logger
}

/** Between two questions to a log that is not available yet. */
const LONGEST_PAUSE_MS = 5000

/**
 * A running fold of one topic: the state lives with `apply`; this knows how far it has come. `readRecord` says of a
 * record that cannot be read what it is: a critical one is damage, a passable one is passed over and counted. Damage is
 * also what `LogVerification` finds. The fold stands before it, with a fault, until an operator has accepted it. That is
 * the same for every fold, so that two of them never hold another state.
 */
export interface Fold<Outcome> {
  /**
   * Resolves when everything that was in the log at the start has been applied. A log that is not available is waited
   * for. Rejects when it cannot be read, and with `EventLogDamaged` at damage that nobody has accepted yet.
   */
  readonly caughtUp: Promise<void>
  /**
   * What came of the event at this position, once it has been applied here. Rejects with `FoldEnded` or
   * `EventLogDamaged` when the fold ends or is held up before that, with `OutcomeUnknown` when the fold is past the position and has forgotten the outcome, and
   * with `EventLogOverloaded` when too many callers wait.
   */
  settled(position: Position): Promise<Outcome>
  /** Resolves when every partition is applied up to here. Rejects as `settled` does. */
  reached(goal: Offsets): Promise<void>
  /** How many events were replayed before `caughtUp`. */
  replayed(): number
  /** How many records were passed over since the start. */
  passedOver(): number
  offsets(): Offsets
  /** The same for one partition. */
  offset(partition: number): number
  /** Why the fold does not go on, or undefined while it does. */
  fault(): string | undefined
  /** Applies nothing further and rejects all waiting callers. Resolves when the reading has ended. */
  stop(): Promise<void>
}

/** Starts to fold a topic and keeps on until stopped. */
export function startFold<Outcome>(options: FoldOptions<Outcome>): Fold<Outcome> {
  return new RunningFold(options)
}

class RunningFold<Outcome> implements Fold<Outcome> {
  readonly caughtUp: Promise<void>
  readonly #options: FoldOptions<Outcome>
  readonly #abort = new AbortController()
  readonly #next: Record<number, number>
  readonly #settlements = new Settlements<Outcome>()
  readonly #progress = new Progress()
  readonly #logger: Logger
  readonly #ended: Promise<void>
  readonly #notCaughtUp: (reason: unknown) => void
  /** By its id, the damage that nobody has accepted yet. */
  readonly #heldUpBy = new Map<string, EventLogDamaged>()
  /** Why nothing was read yet. */
  #awaiting: Error | undefined
  #replayed = 0
  #passedOver = 0
  #fault: string | undefined

  constructor(options: FoldOptions<Outcome>) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#next = options.from === undefined || options.from === 'start' ? {} : { ...options.from }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.caughtUp = promise
    promise.catch(() => {})
    this.#notCaughtUp = reject
    this.#ended = this.#run(resolve).then(
      () => this.#end('the log ended the reading'),
      (reason: unknown) => this.#end(messageOf(reason) || 'the log cannot be read', reason),
    )
    this.#ended.then(() => reject(this.#failure())).catch(() => {})
  }

  settled(position: Position): Promise<Outcome> {
    const { topic } = this.#options
    const known = this.#settlements.of(position)
    if (known !== undefined) return known
    if (position.offset < (this.#next[position.partition] ?? 0)) {
      return Promise.reject(new OutcomeUnknown(topic, placeOf(position), 'it was too long ago'))
    }
    if (this.fault() !== undefined) return Promise.reject(this.#failure())
    return this.#settlements.wait(position) ?? Promise.reject(new EventLogOverloaded(topic))
  }

  reached(goal: Offsets): Promise<void> {
    if (this.#hasReached(goal)) return Promise.resolve()
    if (this.fault() !== undefined) return Promise.reject(this.#failure())
    return this.#progress.wait(goal)
  }

  replayed(): number {
    return this.#replayed
  }

  passedOver(): number {
    return this.#passedOver
  }

  offsets(): Offsets {
    return { ...this.#next }
  }

  offset(partition: number): number {
    return this.#next[partition] ?? 0
  }

  fault(): string | undefined {
    return this.#fault ?? (this.#damage() ?? this.#awaiting)?.message
  }

  async stop(): Promise<void> {
    this.#end('stopped on request')
    await this.#ended
  }

  async #run(caughtUp: () => void): Promise<void> {
    const { log, topic, from, needsAll = false } = this.#options
    const [goal, kept] = await this.#firstAnswer(() =>
      Promise.all([log.ends(topic), log.offsetsAt(topic, 0)]),
    )
    const verification = new LogVerification(topic, { begins: { ...this.#next }, kept, needsAll })
    for (const damage of verification.headless()) await this.#standBefore(damage)
    this.#skipWhatIsNotKept(kept)
    const { signal } = this.#abort
    verification.watchEnds(
      log,
      signal,
      () => this.offsets(),
      (damage) => this.#foundBehind(damage),
    )
    let replaying = true
    const notice = () => {
      if (!replaying || !this.#hasReached(goal)) return
      replaying = false
      caughtUp()
    }
    notice()
    for await (const batch of log.read(topic, { from: from ?? 'start', signal })) {
      for (const record of batch) {
        for (const damage of verification.next(record)) await this.#standBefore(damage)
        if (this.#fault !== undefined) return
        await this.#pass(record)
        if (replaying) this.#replayed += 1
      }
      notice()
    }
  }

  /** A process may start before its log does. */
  async #firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
    const { topic } = this.#options
    const answer = await retry(ask, {
      longestMs: LONGEST_PAUSE_MS,
      signal: this.#abort.signal,
      isFinal: (reason) => reason instanceof EventLogRefused || !(reason instanceof EventLogUnavailable),
      onRetry: (reason) => {
        if (this.#awaiting === undefined)
          this.#logger.warn({ topic, reason: messageOf(reason) }, 'a fold waits for the log')
        this.#awaiting = reason instanceof Error ? reason : new EventLogUnavailable(topic)
      },
    })
    this.#awaiting = undefined
    return answer
  }

  /** Awaited only where the record is damage, so that what is applied is applied at once. */
  #pass(record: StoredRecord): void | Promise<void> {
    const reading = readRecord(record)
    if (reading.kind === 'event') return this.#apply(reading.event, record)
    if (reading.criticality === 'passable') return this.#passOver(record, reading.fault)
    return this.#standBefore(unreadable(record, reading.fault)).then(() => {
      if (this.#fault === undefined) this.#passOver(record, reading.fault)
    })
  }

  /** Until an operator has accepted the damage, the fold has a fault and nobody is kept waiting for it. */
  async #standBefore(damage: LogDamage): Promise<void> {
    const { topic, log } = this.#options
    const accepted = this.#options.damage ?? acceptedDamage(log)
    const reason = new EventLogDamaged([damage])
    this.#heldUpBy.set(damage.id, reason)
    this.#settlements.rejectAll(reason)
    this.#progress.rejectAll(reason)
    if (!(await accepted.isAccepted(damage, this.#abort.signal))) {
      this.#logger.error({ topic, place: placeOfDamage(damage), reason: damage.what }, 'the log is damaged')
      this.#notCaughtUp(reason)
      await accepted.untilAccepted(damage, this.#abort.signal)
    }
    this.#logger.warn(
      { topic, place: placeOfDamage(damage), reason: damage.what },
      'the log is read on past damage that an operator accepted',
    )
    this.#heldUpBy.delete(damage.id)
  }

  /** Found behind what was applied. Of a log that was taken back, only a new fold can be what the log is. */
  #foundBehind(damage: LogDamage): void {
    if (damage.kind !== 'rewound') {
      void this.#standBefore(damage).catch((reason: unknown) => this.#end(messageOf(reason), reason))
      return
    }
    const reason = new EventLogDamaged([damage])
    this.#logger.error(
      { topic: damage.topic, reason: damage.what },
      'the log was taken back while it was read',
    )
    this.#end(reason.message, reason)
  }

  #apply(event: SallyportEvent, record: StoredRecord): void {
    try {
      const outcome = this.#options.apply(event, record)
      this.#advance(record)
      this.#settlements.resolve(record, outcome)
    } catch (fault) {
      this.#stopAt(record, fault)
    }
  }

  #stopAt(record: StoredRecord, fault: unknown): void {
    const { topic } = record
    this.#logger.error(
      { topic, place: placeOf(record), reason: messageOf(fault) },
      'the log cannot be read on: nothing is decided by what is behind this record',
    )
    this.#end(`${topic} ${placeOf(record)}: ${messageOf(fault)}`, fault)
  }

  #passOver(record: StoredRecord, fault: UnreadFault): void {
    const { topic } = record
    this.#passedOver += 1
    if (isRoundNumber(this.#passedOver)) {
      this.#logger.warn(
        { topic, place: placeOf(record), reason: messageOf(fault), passedOver: this.#passedOver },
        'a record that cannot be read, and decides nothing, was passed over',
      )
    }
    this.#advance(record)
    this.#settlements.reject(
      record,
      new OutcomeUnknown(this.#options.topic, placeOf(record), 'it cannot be read and was passed over', {
        cause: fault,
      }),
    )
  }

  /** Offsets have no gaps, but a caller that waits in one must not wait for ever. */
  #advance({ partition, offset }: Position): void {
    const expected = this.#next[partition] ?? 0
    this.#next[partition] = offset + 1
    if (offset > expected) {
      this.#settlements.rejectBelow(partition, offset, (position) => {
        return new OutcomeUnknown(this.#options.topic, placeOf(position), 'the log does not have it')
      })
    }
    this.#progress.wake((goal) => this.#hasReached(goal))
  }

  /** The head of a topic may have been removed by the operator's retention. */
  #skipWhatIsNotKept(kept: Offsets): void {
    for (const [partition, first] of Object.entries(kept)) {
      const number = Number(partition)
      this.#next[number] = Math.max(this.#next[number] ?? 0, first)
    }
    this.#progress.wake((goal) => this.#hasReached(goal))
  }

  #hasReached(goal: Offsets): boolean {
    return Object.entries(goal).every(([partition, end]) => (this.#next[Number(partition)] ?? 0) >= end)
  }

  #end(reason: string, cause?: unknown): void {
    if (this.#fault !== undefined) return
    this.#fault = reason
    this.#abort.abort()
    this.#settlements.rejectAll(this.#failure(cause))
    this.#progress.rejectAll(this.#failure(cause))
  }

  #damage(): EventLogDamaged | undefined {
    const [first] = this.#heldUpBy.values()
    return first
  }

  #failure(cause?: unknown): Error {
    const heldUp = this.#fault === undefined ? (this.#damage() ?? this.#awaiting) : undefined
    return heldUp ?? new FoldEnded(this.#options.topic, this.#fault ?? 'it ended', { cause })
  }
}

function unreadable(record: StoredRecord, fault: UnreadFault): LogDamage {
  const { topic, partition, offset } = record
  const what = `record ${offset} cannot be read, and it may change rights: ${messageOf(fault)}`
  return logDamage({ topic, partition, offset, kind: 'unreadable', what }, [recordHash(record)])
}

/** 1, 10, 100…: a million of them must not write a million lines. */
function isRoundNumber(count: number): boolean {
  return Number.isInteger(Math.log10(count))
}

function placeOf({ partition, offset }: Position): string {
  return `${partition}/${offset}`
}
