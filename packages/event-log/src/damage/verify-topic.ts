import { setTimeout as delay } from 'node:timers/promises'
import { type Logger, messageOf, retry, silentLogger } from '@sallyport/runtime'
import { EventLogDamaged, EventLogRefused, EventLogUnavailable } from '../errors.ts'
import type { EventLog, Offsets } from '../port.ts'
import { Progress } from '../progress.ts'
import { type AcceptedDamage, acceptedDamage } from './accepted-damage.ts'
import { type LogDamage, placeOfDamage } from './log-damage.ts'
import { LogVerification } from './log-verification.ts'

export interface VerifyTopicOptions {
  readonly log: EventLog
  readonly topic: string
  /** The damage that is not told any more (default: what operators have accepted in this log). */
  readonly damage?: AcceptedDamage
  /** The part of a core that reading what was there before the start may take, above 0 up to 1 (default 1). */
  readonly share?: number
  readonly logger?: Logger
}

/** The verification of a topic that nobody folds: from its first record on, and then as records come. */
export interface TopicVerification {
  /** What is wrong and was accepted by nobody, in the order in which it showed. */
  damage(): readonly LogDamage[]
  /** How many records were verified since the start. */
  verified(): number
  /** Resolves when everything that is in the log now is verified, and its damage was told or accepted. */
  caughtUp(): Promise<void>
  stop(): Promise<void>
}

const BATCH = 200
const LONGEST_PAUSE_MS = 5000

/** Begins at once and reads on past damage: what is behind it is recorded all the same. */
export function verifyTopic(options: VerifyTopicOptions): TopicVerification {
  return new RunningVerification(options)
}

class RunningVerification implements TopicVerification {
  readonly #options: VerifyTopicOptions
  readonly #logger: Logger
  readonly #accepted: AcceptedDamage
  readonly #abort = new AbortController()
  readonly #progress = new Progress()
  readonly #known = new Set<string>()
  readonly #open = new Map<string, LogDamage>()
  readonly #judging = new Set<Promise<void>>()
  readonly #running: Promise<void>
  /** Where each partition began when the reading did. */
  #kept: Offsets = {}
  #next: Record<number, number> = {}
  #verification: LogVerification | undefined
  #verified = 0

  constructor(options: VerifyTopicOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#accepted = options.damage ?? acceptedDamage(options.log)
    this.#running = this.#run()
  }

  damage(): readonly LogDamage[] {
    return [...this.#open.values()]
  }

  verified(): number {
    return this.#verified
  }

  async caughtUp(): Promise<void> {
    const { log, topic } = this.#options
    // A record may be read before the one that it follows: of what a look missed, the next one but one is
    // certain.
    for (let look = 0; look < 3; look++) {
      const ends = await log.ends(topic)
      if (!this.#hasReached(ends)) await this.#progress.wait(ends)
      for (const damage of this.#verification?.holes(ends, this.#next) ?? []) this.#found(damage)
    }
    await Promise.all(this.#judging)
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#progress.rejectAll(new EventLogUnavailable('the verification was stopped'))
    await this.#running
    if (this.#options.damage === undefined) this.#accepted.stop()
  }

  async #run(): Promise<void> {
    const { topic } = this.#options
    const { signal } = this.#abort
    while (!signal.aborted) {
      try {
        await this.#read()
        return
      } catch (reason) {
        if (signal.aborted) return
        // Of a log that was taken back, what it has now is verified from its beginning.
        if (reason instanceof EventLogDamaged) for (const damage of reason.damage) this.#found(damage)
        else this.#logger.warn({ topic, reason: messageOf(reason) }, 'a topic is not verified, trying again')
        await delay(LONGEST_PAUSE_MS, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }

  async #read(): Promise<void> {
    const { log, topic } = this.#options
    const { signal } = this.#abort
    const attempt = new AbortController()
    const kept = await retry(() => log.offsetsAt(topic, 0), {
      longestMs: LONGEST_PAUSE_MS,
      signal,
      isFinal: (reason) => reason instanceof EventLogRefused || !(reason instanceof EventLogUnavailable),
    })
    const before = await log.ends(topic)
    this.#kept = kept
    this.#next = { ...kept }
    const verification = new LogVerification(topic, { begins: {}, kept, needsAll: false })
    this.#verification = verification
    verification.watchEnds(
      log,
      AbortSignal.any([signal, attempt.signal]),
      () => ({ ...this.#next }),
      (damage) => this.#found(damage),
    )
    this.#progress.wake((goal) => this.#hasReached(goal))
    try {
      for await (const batch of log.read(topic, { from: 'start', maxBatch: BATCH, signal })) {
        const began = performance.now()
        for (const record of batch) {
          for (const damage of verification.next(record)) this.#found(damage)
          this.#next[record.partition] = record.offset + 1
        }
        this.#verified += batch.length
        this.#progress.wake((goal) => this.#hasReached(goal))
        if (!this.#hasReached(before)) await this.#rest(performance.now() - began)
      }
    } finally {
      attempt.abort()
    }
  }

  /** What is there at the start is read beside the calls. */
  async #rest(workedMs: number): Promise<void> {
    const { share = 1 } = this.#options
    if (share >= 1) return
    await delay(workedMs * (1 / share - 1), undefined, { signal: this.#abort.signal, ref: false }).catch(
      () => {},
    )
  }

  #found(damage: LogDamage): void {
    if (this.#known.has(damage.id)) return
    this.#known.add(damage.id)
    const judged = this.#judge(damage).catch((reason: unknown) => {
      this.#logger.warn({ reason: messageOf(reason) }, 'what operators have accepted cannot be read')
    })
    this.#judging.add(judged)
    void judged.then(() => this.#judging.delete(judged))
  }

  /** Resolves when it is known whether it is accepted by now; later acceptance is waited for beside that. */
  async #judge(damage: LogDamage): Promise<void> {
    const { signal } = this.#abort
    const place = { topic: damage.topic, place: placeOfDamage(damage), reason: damage.what }
    if (damage.kind === 'missing' && (await this.#headMoved())) return
    if (!(await this.#accepted.isAccepted(damage, signal))) {
      this.#open.set(damage.id, damage)
      this.#logger.error(place, 'the log is damaged')
      void this.#accepted.untilAccepted(damage, signal).then(
        () => this.#close(damage),
        () => {},
      )
      return
    }
    this.#close(damage)
  }

  /** An operator's retention took records before they were read. */
  async #headMoved(): Promise<boolean> {
    const { log, topic } = this.#options
    const now = await log.offsetsAt(topic, 0)
    return Object.entries(now).some(([partition, first]) => first > (this.#kept[Number(partition)] ?? 0))
  }

  #close(damage: LogDamage): void {
    this.#open.delete(damage.id)
    const place = { topic: damage.topic, place: placeOfDamage(damage), reason: damage.what }
    this.#logger.warn(place, 'the log is read on past damage that an operator accepted')
  }

  #hasReached(goal: Offsets): boolean {
    return Object.entries(goal).every(([partition, end]) => (this.#next[Number(partition)] ?? 0) >= end)
  }
}
