import type { JsonValue } from '@sallyport/jsonrpc'
import type { DecisionInput, Verdict } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import type { Action } from '../domain/action.ts'

/** Something that is under way with an upstream and can be ended early. */
export interface OpenExchange<A extends Action = Action> {
  readonly call: A
  /** The facts, as of now, that decide whether it may go on. */
  input(): DecisionInput
  /** The upstream's id of the request; null where the protocol has no ids. */
  readonly upstreamId: string | null
  /** Streams of a server's own never end by themselves. */
  readonly endless: boolean
  interrupt(reason: string): void
}

/** The exchanges that are under way. Stopping waits for them and then ends them. */
export class OpenExchanges<A extends Action = Action> {
  readonly #open = new Set<OpenExchange<A>>()
  #idle: (() => void) | undefined
  #reviewing = false
  #again = false

  get size(): number {
    return this.#open.size
  }

  /** The request that a cancellation names. Without a session nobody knows whose it is: clients use the same ids. */
  find({ gateway, upstream, session }: Action, requestId: JsonValue): OpenExchange<A> | undefined {
    if (session === null) return undefined
    const [found] = this.where(
      (call) =>
        call.id === requestId &&
        call.session?.id === session.id &&
        call.gateway.id === gateway.id &&
        call.upstream.name === upstream.name,
    )
    return found
  }

  /** The requests under way of which this is true. */
  where(fits: (call: A) => boolean): OpenExchange<A>[] {
    return [...this.#open].filter(({ call }) => call.id !== null && fits(call))
  }

  add(exchange: OpenExchange<A>): void {
    this.#open.add(exchange)
  }

  delete(exchange: OpenExchange<A>): void {
    this.#open.delete(exchange)
    if (this.#open.size === 0) this.#idle?.()
  }

  /**
   * Asks whether what is under way may go on, and ends what may not: streams for whatever reason, other calls when they
   * or their agent were stopped, as an answer may be a stream too. A call whose upstream was only replaced is left to
   * end. A change that comes while it asks makes it ask once more.
   */
  review(decideMany: DecisionPoint['decideMany']): void {
    if (this.#reviewing) {
      this.#again = true
      return
    }
    if (this.#open.size === 0) return
    this.#reviewing = true
    void this.#review(decideMany).finally(() => {
      this.#reviewing = false
      if (!this.#again) return
      this.#again = false
      this.review(decideMany)
    })
  }

  async #review(decideMany: DecisionPoint['decideMany']): Promise<void> {
    const reviewed = [...this.#open]
    const verdicts = await answered(() => decideMany(reviewed.map((exchange) => exchange.input())))
    for (const [at, exchange] of reviewed.entries()) {
      const verdict = verdicts?.[at] ?? NO_VERDICT
      if (verdict.outcome !== 'deny' || verdict.needs !== null || !this.#open.has(exchange)) continue
      if (exchange.endless || isStop(verdict)) exchange.interrupt(verdict.reasons.join('; '))
    }
  }

  /** Ends endless streams at once and waits up to `graceMs` for the rest, which it ends then. */
  async stop(graceMs: number): Promise<void> {
    for (const exchange of [...this.#open]) if (exchange.endless) exchange.interrupt('Sallyport is stopping')
    if (this.#open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle = resolve
    const timer = setTimeout(resolve, graceMs)
    await promise
    clearTimeout(timer)
    for (const exchange of [...this.#open]) exchange.interrupt('Sallyport is stopping')
  }
}

/** Whether a person has stopped the agent or what it calls. */
function isStop({ by }: GoingOn): boolean {
  return by === 'kill_switch' || by === 'gateway'
}

type GoingOn = Pick<Verdict, 'outcome' | 'by' | 'needs' | 'reasons'>

const NO_VERDICT: GoingOn = {
  outcome: 'deny',
  by: 'fault',
  needs: null,
  reasons: ['no decision could be had on its going on'],
}

async function answered(
  ask: () => ReturnType<DecisionPoint['decideMany']>,
): Promise<readonly Verdict[] | undefined> {
  try {
    return await ask()
  } catch {
    return undefined
  }
}
