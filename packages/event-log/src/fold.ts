import { decodeEvent, type SallyportEvent } from '@sallyport/events'
import { messageOf } from '@sallyport/runtime'
import type { EventLog, Offsets, Position, StoredRecord } from './port.ts'

export interface FoldOptions<Outcome> {
  readonly log: EventLog
  readonly topic: string
  readonly from?: 'start' | Offsets
  /** Applies one event, in log order, synchronously. What it returns is handed to whoever settles on its position. */
  readonly apply: (event: SallyportEvent, record: StoredRecord) => Outcome
  /** A record that is not an event of ours, or that `apply` threw on. `stop` ends the fold and makes it unhealthy. */
  readonly onFault: (fault: unknown, record: StoredRecord) => 'skip' | 'stop'
}

/** A running fold of one topic: the state lives with `apply`; this knows how far it has come. */
export interface Fold<Outcome> {
  /** Resolves when everything that was in the log at the start has been applied. Rejects when it cannot be read. */
  readonly caughtUp: Promise<void>
  /** What came of the event at this position, once it has been applied here. Rejects when the fold ended before. */
  settled(position: Position): Promise<Outcome>
  /** How many events were replayed before `caughtUp`. */
  replayed(): number
  offsets(): Offsets
  /** Why the fold does not go on, or undefined while it does. */
  fault(): string | undefined
  stop(): Promise<void>
}

/** How many outcomes stay at hand for a `settled` that comes after its event was applied. */
const REMEMBERED = 10_000

/** Starts to fold a topic and keeps on until stopped. */
export function startFold<Outcome>(options: FoldOptions<Outcome>): Fold<Outcome> {
  return new RunningFold(options)
}

interface Waiter<Outcome> {
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (reason: unknown) => void
}

class RunningFold<Outcome> implements Fold<Outcome> {
  readonly caughtUp: Promise<void>
  readonly #options: FoldOptions<Outcome>
  readonly #abort = new AbortController()
  readonly #next: Record<number, number>
  readonly #outcomes = new Map<string, Outcome>()
  readonly #waiters = new Map<string, Waiter<Outcome>[]>()
  readonly #ended: Promise<void>
  #replayed = 0
  #fault: string | undefined

  constructor(options: FoldOptions<Outcome>) {
    this.#options = options
    this.#next = options.from === undefined || options.from === 'start' ? {} : { ...options.from }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.caughtUp = promise
    promise.catch(() => {})
    this.#ended = this.#run(resolve, reject)
  }

  settled(position: Position): Promise<Outcome> {
    const key = keyOf(position)
    const known = this.#outcomes.get(key)
    if (known !== undefined) return Promise.resolve(known)
    if (this.#fault !== undefined) return Promise.reject(new Error(this.#fault))
    return new Promise((resolve, reject) => {
      this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), { resolve, reject }])
    })
  }

  replayed(): number {
    return this.#replayed
  }

  offsets(): Offsets {
    return { ...this.#next }
  }

  fault(): string | undefined {
    return this.#fault
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async #run(caughtUp: () => void, failed: (reason: unknown) => void): Promise<void> {
    const { log, topic, from } = this.#options
    try {
      const goal = await log.ends(topic)
      let replaying = true
      if (this.#reached(goal)) {
        replaying = false
        caughtUp()
      }
      for await (const batch of log.read(topic, { from: from ?? 'start', signal: this.#abort.signal })) {
        for (const record of batch) {
          if (!this.#applyOne(record)) return failed(new Error(this.#fault))
          if (replaying) this.#replayed += 1
        }
        if (replaying && this.#reached(goal)) {
          replaying = false
          caughtUp()
        }
      }
      this.#end('the fold was stopped')
      failed(new Error(this.#fault))
    } catch (reason) {
      this.#end(messageOf(reason))
      failed(reason)
    }
  }

  #applyOne(record: StoredRecord): boolean {
    try {
      this.#settle(record, this.#options.apply(decodeEvent(record), record))
    } catch (fault) {
      if (this.#options.onFault(fault, record) === 'stop') {
        this.#end(`${record.topic} ${keyOf(record)}: ${messageOf(fault)}`)
        return false
      }
    }
    this.#next[record.partition] = record.offset + 1
    return true
  }

  #settle(position: Position, outcome: Outcome): void {
    const key = keyOf(position)
    this.#outcomes.set(key, outcome)
    if (this.#outcomes.size > REMEMBERED) {
      const oldest = this.#outcomes.keys().next()
      if (!oldest.done) this.#outcomes.delete(oldest.value)
    }
    for (const waiter of this.#waiters.get(key) ?? []) waiter.resolve(outcome)
    this.#waiters.delete(key)
  }

  #reached(goal: Offsets): boolean {
    return Object.entries(goal).every(
      ([partition, end]) => end === 0 || (this.#next[Number(partition)] ?? 0) >= end,
    )
  }

  #end(reason: string): void {
    this.#fault ??= reason
    for (const waiters of this.#waiters.values())
      for (const waiter of waiters) waiter.reject(new Error(reason))
    this.#waiters.clear()
  }
}

function keyOf(position: Position): string {
  return `${position.partition}/${position.offset}`
}
