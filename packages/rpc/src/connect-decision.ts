import type { Health, HealthCheck, SallyportError } from '@sallyport/runtime'
import { type ClientTls, openChannel } from './channel.ts'
import type { DecideRequest, Decision, DecisionPoint } from './decision.ts'
import { DecisionBackend } from './decision-backend.ts'
import { RemoteTimeout } from './errors.ts'
import { timedOut, unavailable } from './faults.ts'
import { bearerMetadata, type InternalToken } from './internal-bearer.ts'
import { rank } from './rendezvous.ts'
import { DEFAULT_DEADLINE_MS } from './with-deadline.ts'

export interface ConnectDecisionOptions {
  /** `host:port` of each instance, written alike by every caller: the ranking hangs on the text. */
  readonly addresses: readonly string[]
  readonly internalToken: InternalToken
  /** From the question to the deny that stands in for its answer; 250 unless given. */
  readonly deadlineMs?: number
  readonly tls?: ClientTls
}

export interface DecisionClient extends DecisionPoint {
  /** `degraded` while an instance is away, `down` when all are. */
  readonly health: HealthCheck
  /** Questions that are still open are denied. */
  close(): void
}

/** Beyond it a question is denied at once: memory stays bounded whatever the callers do. */
const MAX_OPEN = 20_000

interface Open {
  readonly request: DecideRequest
  readonly askedAt: number
  readonly resolve: (decision: Decision) => void
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
  readonly #tickMs: number
  readonly #backends: readonly DecisionBackend[]
  /** In the order they were asked, so the first is always the next to run out. */
  readonly #open = new Map<number, Open>()
  #lastId = 0
  #sweep: NodeJS.Timeout | undefined
  #closed = false

  constructor({ addresses, internalToken, deadlineMs = DEFAULT_DEADLINE_MS, tls }: ConnectDecisionOptions) {
    this.#deadlineMs = deadlineMs
    this.#tickMs = Math.max(1, Math.min(10, deadlineMs / 10))
    const metadata = bearerMetadata(internalToken)
    const events = {
      onAnswer: (id: number, decision: Decision) => this.#settle(id, decision),
      onLost: (backend: DecisionBackend) => this.#reroute(backend),
    }
    this.#backends = addresses.map(
      (address) => new DecisionBackend(address, openChannel(address, tls), metadata, events),
    )
  }

  decide(request: DecideRequest): Promise<Decision> | Decision {
    if (this.#closed) return unavailable('the connection to the decision service is closed')
    if (this.#open.size >= MAX_OPEN) return unavailable('too many questions are open')
    const backend = this.#choose(request)
    if (!backend) return this.#askOnce(request, performance.now())
    return new Promise((resolve) => {
      this.#lastId += 1
      this.#open.set(this.#lastId, { request, askedAt: performance.now(), resolve, backend })
      backend.send(this.#lastId, request)
      this.#sweep ??= setTimeout(() => this.#expire(), this.#tickMs)
    })
  }

  readonly health = (): Health => {
    const away = this.#backends.filter((backend) => !backend.isOpen()).map(({ name }) => name)
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

  #choose({ tenant, gateway }: DecideRequest): DecisionBackend | undefined {
    const open = this.#backends.filter((backend) => backend.isOpen())
    return open.length < 2 ? open[0] : rank(`${tenant}/${gateway}`, open)[0]
  }

  #settle(id: number, decision: Decision): void {
    const question = this.#open.get(id)
    if (!question) return
    this.#open.delete(id)
    question.resolve(decision)
  }

  #reroute(lost: DecisionBackend): void {
    for (const [id, question] of this.#open) {
      if (question.backend !== lost) continue
      const next = this.#closed ? undefined : this.#choose(question.request)
      if (!next) {
        this.#settle(id, unavailable('the connection to the decision service was lost'))
        continue
      }
      question.backend = next
      next.send(id, question.request)
    }
  }

  #expire(): void {
    const now = performance.now()
    const hanging = new Set<DecisionBackend>()
    for (const [id, { askedAt, backend }] of this.#open) {
      if (askedAt + this.#deadlineMs > now) break
      if (!backend.heardSince(askedAt)) hanging.add(backend)
      this.#settle(id, timedOut(this.#deadlineMs))
    }
    for (const backend of hanging) backend.reset()
    this.#sweep = this.#open.size > 0 ? setTimeout(() => this.#expire(), this.#tickMs) : undefined
  }

  async #askOnce(request: DecideRequest, askedAt: number): Promise<Decision> {
    for (const backend of rank(`${request.tenant}/${request.gateway}`, this.#backends)) {
      const left = askedAt + this.#deadlineMs - performance.now()
      if (left <= 0) return timedOut(this.#deadlineMs)
      try {
        return await backend.askOnce(request, left)
      } catch (reason) {
        if (reason instanceof RemoteTimeout) return timedOut(this.#deadlineMs)
        if ((reason as SallyportError).kind !== 'unavailable')
          return unavailable('the decision service did not answer as it should')
      }
    }
    return unavailable('no decision service can be reached')
  }
}
