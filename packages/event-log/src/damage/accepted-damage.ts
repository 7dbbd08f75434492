import { type AnyNewEvent, DEFAULT_TENANT, newEvent, readRecord, TOPICS } from '@sallyport/events'
import type { EventLog, Offsets } from '../port.ts'
import { Progress } from '../progress.ts'
import { type LogDamage, placeOfDamage } from './log-damage.ts'

/** An operator who goes on past whatever damage a start meets. */
export interface DamageAcceptor {
  readonly reason: string
  /** The operator's name, for the record. */
  readonly by: string
  /** Resolves when the event is in the log. */
  publish(event: AnyNewEvent): Promise<unknown>
  /** Told of each damage that was accepted now. */
  accepted?(damage: LogDamage): void
}

/** The damage that operators have accepted. The log is read for it when damage is met, and not before. */
export interface AcceptedDamage {
  /** Whether it is accepted by now; where there is an acceptor, it is accepted by this question. Rejects as below. */
  isAccepted(damage: LogDamage, signal?: AbortSignal): Promise<boolean>
  /** Resolves when it is accepted. Rejects when the log cannot be read, and with the signal's reason. */
  untilAccepted(damage: LogDamage, signal: AbortSignal): Promise<void>
  /** From now on nothing is accepted by a question: an operator has accepted what a start met, and no later damage. */
  closeAcceptor(): void
  stop(): void
}

export function acceptedDamage(log: EventLog, acceptor?: DamageAcceptor): AcceptedDamage {
  return new ReadAcceptances(log, acceptor)
}

class ReadAcceptances implements AcceptedDamage {
  readonly #log: EventLog
  readonly #ids = new Set<string>()
  readonly #abort = new AbortController()
  readonly #progress = new Progress()
  readonly #next: Record<number, number> = {}
  #acceptor: DamageAcceptor | undefined
  #reading = false
  #failure: unknown
  #changed = Promise.withResolvers<void>()

  constructor(log: EventLog, acceptor: DamageAcceptor | undefined) {
    this.#log = log
    this.#acceptor = acceptor
  }

  async isAccepted(damage: LogDamage, signal?: AbortSignal): Promise<boolean> {
    await unlessAborted(this.#readToEnd(), signal)
    if (this.#ids.has(damage.id)) return true
    const acceptor = this.#acceptor
    if (acceptor === undefined) return false
    await acceptor.publish(acceptance(damage, acceptor))
    acceptor.accepted?.(damage)
    this.#ids.add(damage.id)
    return true
  }

  async untilAccepted(damage: LogDamage, signal: AbortSignal): Promise<void> {
    this.#read()
    while (!this.#ids.has(damage.id)) {
      if (this.#failure !== undefined) throw this.#failure
      await unlessAborted(this.#changed.promise, signal)
    }
  }

  closeAcceptor(): void {
    this.#acceptor = undefined
  }

  stop(): void {
    this.#abort.abort()
  }

  async #readToEnd(): Promise<void> {
    this.#read()
    const ends = await this.#log.ends(TOPICS.control)
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#hasReached(ends)) await this.#progress.wait(ends)
  }

  #read(): void {
    if (this.#reading) return
    this.#reading = true
    this.#run().catch((reason: unknown) => {
      this.#failure = reason
      this.#progress.rejectAll(reason)
      this.#wake()
    })
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    Object.assign(this.#next, await this.#log.offsetsAt(TOPICS.control, 0))
    this.#progress.wake((goal) => this.#hasReached(goal))
    for await (const batch of this.#log.read(TOPICS.control, { from: 'start', signal })) {
      for (const record of batch) {
        this.#next[record.partition] = record.offset + 1
        if (record.headers['ce_type'] !== ACCEPTED) continue
        const reading = readRecord(record)
        if (reading.kind === 'event' && reading.event.type === ACCEPTED)
          this.#ids.add(reading.event.data.damage.id)
      }
      this.#progress.wake((goal) => this.#hasReached(goal))
      this.#wake()
    }
  }

  #hasReached(goal: Offsets): boolean {
    return Object.entries(goal).every(([partition, end]) => (this.#next[Number(partition)] ?? 0) >= end)
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

/** Rejects with the signal's reason when it aborts first. */
async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const ACCEPTED = 'sallyport.log.damage_accepted.v1'

function acceptance(damage: LogDamage, { reason, by }: DamageAcceptor): AnyNewEvent {
  const { id, topic, partition, offset, kind, what } = damage
  return newEvent(
    {
      type: ACCEPTED,
      source: '/event-log',
      subject: placeOfDamage(damage),
      tenant: DEFAULT_TENANT,
      key: DEFAULT_TENANT,
      data: {
        actor: { type: 'person', name: by },
        idempotencyKey: null,
        reason,
        damage: { id, topic, partition, offset, kind, what: what.slice(0, 8192) },
      },
    },
    new Date(),
  )
}
