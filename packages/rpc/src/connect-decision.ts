import type { DecisionInput, Verdict } from '@sallyport/policy'
import {
  type Health,
  type HealthCheck,
  LoopClock,
  loopStepMs,
  type SallyportError,
  type TlsMaterial,
} from '@sallyport/runtime'
import { openChannel } from './channel.ts'
import type { DecisionPoint } from './decision.ts'
import { DecisionBackend } from './decision-backend.ts'
import { RemoteTimeout } from './errors.ts'
import { timedOut, unavailable, unreadable } from './faults.ts'
import { bearerMetadata, type InternalToken } from './internal-bearer.ts'
import { rank } from './rendezvous.ts'
import { DEFAULT_DEADLINE_MS } from './with-deadline.ts'

export interface ConnectDecisionOptions {
  /** `host:port` of each instance, written alike by every caller: the ranking hangs on the text. */
  readonly addresses: readonly string[]
  readonly internalToken: InternalToken
  /**
   * From the question to the deny that stands in for its answer; 5000 unless given. Time in which this process was
   * stopped or held does not count: an answer that waits to be read is not late.
   */
  readonly deadlineMs?: number
  readonly tls?: TlsMaterial | undefined
}

export interface DecisionClient extends DecisionPoint {
  /** `degraded` while an instance is away, `down` when all are. */
  readonly health: HealthCheck
  /** Questions that are still open are denied. */
  close(): void
}

/** Beyond it a question is denied at once: memory stays bounded whatever the callers do. */
const MAX_OPEN = 20_000
/** A longer list is asked in pieces, so that none of them comes near the largest message. */
const MOST_IN_ONE = 256

interface Open {
  readonly inputs: readonly DecisionInput[]
  readonly askedAt: number
  /** In the event loop's time. */
  readonly dueAt: number
  readonly resolve: (verdicts: readonly Verdict[]) => void
  backend: DecisionBackend
}

/**
 * Decisions by remote instances: one stream to each, a gateway's questions to the same one while it is well.
 * A question whose stream is lost goes to the next instance within its deadline, since asking twice changes
 * nothing. With no stream open, questions go as unary calls.
 */
export function connectDecision(options: ConnectDecisionOptions): DecisionClient {
  return new RemoteDecision(options)
}

class RemoteDecision implements DecisionClient {
  readonly #deadlineMs: number
  readonly #stepMs: number
  readonly #clock: LoopClock
  readonly #backends: readonly DecisionBackend[]
  /** In the order they were asked, so the first is always the next to run out. */
  readonly #open = new Map<number, Open>()
  #lastId = 0
  #sweep: NodeJS.Timeout | undefined
  #closed = false

  constructor({ addresses, internalToken, deadlineMs = DEFAULT_DEADLINE_MS, tls }: ConnectDecisionOptions) {
    this.#deadlineMs = deadlineMs
    this.#stepMs = loopStepMs(deadlineMs)
    this.#clock = new LoopClock(this.#stepMs)
    const metadata = bearerMetadata(internalToken)
    const events = {
      onAnswer: (id: number, verdicts: readonly Verdict[]) => this.#settle(id, verdicts),
      onLost: (backend: DecisionBackend) => this.#reroute(backend),
    }
    this.#backends = addresses.map(
      (address) => new DecisionBackend(address, openChannel(address, tls), metadata, events),
    )
  }

  decide(input: DecisionInput): Promise<Verdict> | Verdict {
    const answer = this.#ask([input])
    return answer instanceof Promise ? answer.then(onlyOf) : onlyOf(answer)
  }

  async decideMany(inputs: readonly DecisionInput[]): Promise<readonly Verdict[]> {
    const pieces: DecisionInput[][] = []
    for (let from = 0; from < inputs.length; from += MOST_IN_ONE)
      pieces.push(inputs.slice(from, from + MOST_IN_ONE))
    return (await Promise.all(pieces.map((piece) => this.#ask(piece)))).flat()
  }

  readonly health = (): Health => {
    const away = this.#backends.filter((backend) => !backend.isOpen()).map(awayText)
    const facts = { instances: this.#backends.length, open: this.#backends.length - away.length }
    if (away.length === 0 && facts.open > 0) return { status: 'ok', facts }
    const status = facts.open === 0 ? 'down' : 'degraded'
    return { status, reason: `no stream to ${away.join(', ') || 'any decision instance'}`, facts }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#sweep)
    for (const backend of this.#backends) backend.close()
  }

  #ask(inputs: readonly DecisionInput[]): Promise<readonly Verdict[]> | readonly Verdict[] {
    if (this.#closed) return each(inputs, unavailable('the connection to the decision service is closed'))
    if (this.#open.size >= MAX_OPEN) return each(inputs, unavailable('too many questions are open'))
    const backend = this.#choose(inputs)
    if (!backend) return this.#askOnce(inputs, performance.now())
    return new Promise((resolve) => {
      this.#lastId += 1
      const askedAt = performance.now()
      if (this.#sweep === undefined) this.#clock.tick()
      const dueAt = this.#clock.now() + this.#deadlineMs
      this.#open.set(this.#lastId, { inputs, askedAt, dueAt, resolve, backend })
      backend.send(this.#lastId, inputs)
      this.#sweep ??= this.#sweepLater()
    })
  }

  #choose(inputs: readonly DecisionInput[]): DecisionBackend | undefined {
    const open = this.#backends.filter((backend) => backend.isOpen())
    return open.length < 2 ? open[0] : rank(keyOf(inputs), open)[0]
  }

  #settle(id: number, verdicts: readonly Verdict[]): void {
    const question = this.#open.get(id)
    if (!question) return
    this.#open.delete(id)
    question.resolve(answering(question.inputs, verdicts))
  }

  #reroute(lost: DecisionBackend): void {
    for (const [id, question] of this.#open) {
      if (question.backend !== lost) continue
      const next = this.#closed ? undefined : this.#choose(question.inputs)
      if (!next) {
        this.#settle(
          id,
          each(question.inputs, unavailable('the connection to the decision service was lost')),
        )
        continue
      }
      question.backend = next
      next.send(id, question.inputs)
    }
  }

  /** After the phase of the event loop in which sockets are read. */
  #sweepLater(): NodeJS.Timeout {
    return setTimeout(() => setImmediate(() => this.#expire()), this.#stepMs)
  }

  #expire(): void {
    const now = this.#clock.tick()
    const hanging = new Set<DecisionBackend>()
    for (const [id, { askedAt, dueAt, backend, inputs }] of this.#open) {
      if (dueAt > now) break
      if (!backend.heardSince(askedAt)) hanging.add(backend)
      this.#settle(id, each(inputs, timedOut(this.#deadlineMs)))
    }
    for (const backend of hanging) backend.reset()
    this.#sweep = this.#open.size > 0 ? this.#sweepLater() : undefined
  }

  async #askOnce(inputs: readonly DecisionInput[], askedAt: number): Promise<readonly Verdict[]> {
    for (const backend of rank(keyOf(inputs), this.#backends)) {
      const left = askedAt + this.#deadlineMs - performance.now()
      if (left <= 0) return each(inputs, timedOut(this.#deadlineMs))
      try {
        return answering(inputs, await backend.askOnce(inputs, left))
      } catch (reason) {
        if (reason instanceof RemoteTimeout) return each(inputs, timedOut(this.#deadlineMs))
        if ((reason as SallyportError).kind !== 'unavailable')
          return each(inputs, unavailable('the decision service did not answer as it should'))
      }
    }
    return each(inputs, unavailable('no decision service can be reached'))
  }
}

function awayText(backend: DecisionBackend): string {
  const fault = backend.fault()
  return fault === undefined ? backend.name : `${backend.name} (${fault})`
}

/** A gateway's questions go to one instance. */
function keyOf([first]: readonly DecisionInput[]): string {
  return `${first?.tenant}/${first?.gateway}`
}

function each(inputs: readonly DecisionInput[], verdict: Verdict): readonly Verdict[] {
  return inputs.map(() => verdict)
}

function onlyOf([verdict]: readonly Verdict[]): Verdict {
  return verdict ?? unreadable()
}

/** One verdict for each input, or nothing was answered. */
function answering(inputs: readonly DecisionInput[], verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.length === inputs.length ? verdicts : each(inputs, unreadable())
}
