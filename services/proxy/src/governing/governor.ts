import type { ControlView } from '@sallyport/control'
import { type ActionVerdict, denial, faultDenial, limitDenial } from '../domain/verdict.ts'
import type { Credential, Credentials } from '../reaching/credentials/credentials.ts'
import type { Connector, Released, Resumption } from './connector.ts'
import { Decider, type DeciderNeeds } from './decider.ts'
import { Guide } from './denials/guide.ts'
import type { Repeats } from './denials/repeats.ts'
import type { Exchange } from './exchange.ts'
import { type Answered, type HoldNeeds, holdAction } from './hold/hold-action.ts'
import { TooManyHolds } from './limits/errors.ts'
import { type Recording, recordAborted, recordDecision } from './record/record-decision.ts'
import { recordRepeating } from './record/record-repeating.ts'
import {
  PASS_REQUEST,
  type Passing,
  passRequest,
  type RequestPhase,
  type RequestStep,
} from './request-phases.ts'

export interface GovernorNeeds extends DeciderNeeds, HoldNeeds {
  readonly control: Pick<ControlView, 'state' | 'offset' | 'fault'>
  readonly credentials: Pick<Credentials, 'find'>
  readonly recording: Recording
  readonly repeats: Repeats
}

const NO_CREDENTIAL: Credential = { header: null }

/**
 * The way of every action of one connector: decide, apply the checks of the protocol and the proxy, record, and only
 * then refuse, hold or forward. It knows no protocol.
 */
export class Governor<E extends Exchange> {
  readonly #needs: GovernorNeeds
  readonly #connector: Connector<E>
  readonly #decider: Decider<E>
  readonly #guide: Guide<E>
  readonly #phases: readonly RequestPhase<E>[]

  constructor(needs: GovernorNeeds, connector: Connector<E>) {
    this.#needs = needs
    this.#connector = connector
    this.#decider = new Decider(needs, connector.offers)
    this.#guide = new Guide(needs, (exchange, asked) => connector.candidates(exchange, asked))
    this.#phases = [
      ...connector.phases,
      { name: 'reach', pass: (passing) => this.#reachable(passing) },
      { name: 'wait', pass: (passing) => this.#canWait(passing) },
    ]
  }

  get decider(): Decider<E> {
    return this.#decider
  }

  /** `given`: the verdict where it was asked for already. */
  async govern(arrived: E, given?: ActionVerdict): Promise<void> {
    const decided = given ?? (await this.#decider.decide(arrived))
    const { exchange, verdict } = await passRequest(this.#phases, { exchange: arrived, verdict: decided })
    switch (verdict.outcome) {
      case 'deny':
        await this.refuse(exchange, verdict)
        return
      case 'hold':
        await this.#hold(exchange, verdict)
        return
      case 'allow':
        if (await this.#record(exchange, verdict)) await this.#release(exchange, verdict)
    }
  }

  /** Refuses an action: recorded first, and then told. */
  async refuse(exchange: E, verdict: ActionVerdict): Promise<void> {
    if (await this.#record(exchange, verdict)) await this.#tell(exchange, verdict)
  }

  /** What the agent hears of a denial. How often it has heard it already changes the words and nothing else. */
  #tell(exchange: E, verdict: ActionVerdict): void | Promise<void> {
    const { repeats, recording } = this.#needs
    // What has no answer is told to nobody.
    if (this.#connector.cannotWait(exchange) !== undefined) return this.#connector.refuse(exchange, verdict)
    const now = recording.clock()
    const { repeat, repeating } = repeats.deny(exchange, verdict, now)
    if (repeating !== undefined) recordRepeating(recording, exchange, verdict, repeating, now)
    const guidance = this.#guide.guidance(exchange, verdict, repeat)
    if (!(guidance instanceof Promise)) return this.#connector.refuse(exchange, verdict, guidance)
    return guidance.then((found) => this.#connector.refuse(exchange, verdict, found))
  }

  async #hold(exchange: E, verdict: ActionVerdict): Promise<void> {
    try {
      if (!(await this.#record(exchange, verdict))) return
      await holdAction(this.#needs, this.#connector, this.#decider, exchange, verdict, (answered) =>
        this.#resume(answered),
      )
    } finally {
      this.#needs.holds.freeSlot(exchange.call.gateway.id)
    }
  }

  async #resume({ exchange, verdict, toolDigest, resumption }: Answered<E>): Promise<void> {
    const { resumedAt: since } = resumption
    const deciding = { verdict, phase: 'resumed', toolDigest, since } as const
    if (!(await recordDecision(this.#needs.recording, this.#connector, exchange, deciding))) return
    if (verdict.outcome === 'allow') await this.#release(exchange, verdict, resumption)
    else await this.#tell(exchange, verdict)
  }

  #record(exchange: E, verdict: ActionVerdict): Promise<boolean> {
    return recordDecision(this.#needs.recording, this.#connector, exchange, {
      verdict,
      phase: 'initial',
      toolDigest: null,
      since: exchange.call.arrivedAt,
    })
  }

  /** The credential is looked for before the decision is recorded, because a missing one makes it a denial. */
  #reachable({ exchange, verdict }: Passing<E>): RequestStep<E> | Promise<RequestStep<E>> {
    const stale = this.#decider.stale(verdict)
    if (stale !== undefined) return { step: 'refuse', verdict: stale }
    const credential = this.#credential(exchange)
    const step = (found: Credential): RequestStep<E> =>
      'fault' in found ? { step: 'refuse', verdict: faultDenial(found.fault, verdict) } : PASS_REQUEST
    return credential instanceof Promise ? credential.then(step) : step(credential)
  }

  #credential({ call }: E): Credential | Promise<Credential> {
    return call.own === true ? NO_CREDENTIAL : this.#needs.credentials.find(call)
  }

  /** A hold that stays a hold has its slot. */
  #canWait({ exchange, verdict }: Passing<E>): RequestStep<E> {
    if (verdict.outcome !== 'hold') return PASS_REQUEST
    const why = this.#connector.cannotWait(exchange)
    if (why !== undefined) return { step: 'refuse', verdict: denial('protocol', verdict.rule, why, verdict) }
    const { holds } = this.#needs
    if (holds.takeSlot(exchange.call.gateway.id)) return PASS_REQUEST
    return { step: 'refuse', verdict: limitDenial(new TooManyHolds(holds.maxPerGateway), verdict) }
  }

  /** Recording may have taken seconds. An action that was stopped meanwhile does not go out. */
  #release(
    exchange: E,
    verdict: ActionVerdict,
    resumption?: Resumption,
    isSecond = false,
  ): void | Promise<void> {
    const credential = this.#credential(exchange)
    const changed = this.#decider.changedSince(exchange, verdict)
    if (!(credential instanceof Promise) && !(changed instanceof Promise))
      return this.#forward(exchange, verdict, credential, changed, resumption, isSecond)
    return Promise.all([credential, changed]).then(([found, lost]) =>
      this.#forward(exchange, verdict, found, lost, resumption, isSecond),
    )
  }

  #forward(
    exchange: E,
    verdict: ActionVerdict,
    credential: Credential,
    changed: ActionVerdict | undefined,
    resumption: Resumption | undefined,
    isSecond: boolean,
  ): void | Promise<void> {
    const lost = changed ?? ('fault' in credential ? faultDenial(credential.fault, verdict) : undefined)
    if (lost !== undefined) {
      return this.#withhold(exchange, verdict, lost)
    }
    const released: Released<E> = {
      exchange,
      verdict,
      credential: 'header' in credential ? credential.header : null,
      resumption,
      input: () => this.#decider.inputNow(exchange),
      again: isSecond ? undefined : async (next) => this.#release(next, verdict, resumption, true),
    }
    this.#connector.forward(released)
  }

  #withhold(
    exchange: E,
    { approvalId, answeredBy, approvers, grantId }: ActionVerdict,
    lost: ActionVerdict,
  ): void | Promise<void> {
    const verdict = { ...lost, approvalId, answeredBy, approvers, ...(grantId !== undefined && { grantId }) }
    recordAborted(this.#needs.recording, exchange.call, verdict, {
      stage: 'forwarding',
      reason: lost.reasons.join('; '),
      durationMs: 0,
    })
    return this.#tell(exchange, verdict)
  }
}
