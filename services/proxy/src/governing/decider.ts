import type { ControlView } from '@sallyport/control'
import type { Approver, DecisionInput, UsedTool } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import { ControlStale, DecisionFailed, ListRefused, ToolsUnlisted } from '../domain/faults.ts'
import { UpstreamAnswerInvalid } from '../domain/upstream-faults.ts'
import { type ActionVerdict, denial, faultDenial, judged } from '../domain/verdict.ts'
import { ArgumentHints } from './argument-hints.ts'
import type { Offers } from './connector.ts'
import { decisionInput, withArguments } from './decision-input.ts'
import type { Exchange } from './exchange.ts'

export interface DeciderNeeds {
  readonly decision: DecisionPoint
  readonly control: Pick<ControlView, 'offset' | 'fault'>
  readonly clock: () => Date
}

/** Asks the decision service about the actions of one connector. An answer that is not one is a denial that says so. */
export class Decider<E extends Exchange> {
  readonly #needs: DeciderNeeds
  readonly #offers: Offers<E>
  readonly #hints = new ArgumentHints()

  constructor(needs: DeciderNeeds, offers: Offers<E>) {
    this.#needs = needs
    this.#offers = offers
  }

  /** `approvers`: those whose votes have approved the action. Never rejects. */
  async decide(exchange: E, approvers: readonly Approver[] = []): Promise<ActionVerdict> {
    try {
      const tool = this.#offers.used(exchange)
      const first = await this.#ask(exchange, tool, approvers)
      if (tool === null) return first
      // The upstream has said that its list is another one, and it is being read again.
      const changing = first.outcome === 'deny' ? undefined : this.#offers.changing(exchange, tool.kind)
      if (changing !== undefined) await changing
      const verdict =
        changing === undefined ? first : await this.#ask(exchange, this.#offers.used(exchange), approvers)
      return verdict.needs === 'listing'
        ? await this.#askWithList(exchange, tool, verdict, approvers)
        : verdict
    } catch (cause) {
      return faultDenial(new DecisionFailed({ cause }))
    }
  }

  /**
   * Why an action that was let pass may not go on: where the control log has been read further since its verdict, the
   * decision service is asked again. Undefined when nothing speaks against it, and at once where nothing has changed.
   */
  changedSince(
    exchange: E,
    verdict: ActionVerdict,
  ): ActionVerdict | undefined | Promise<ActionVerdict | undefined> {
    const stale = this.stale(verdict)
    if (stale !== undefined) return stale
    return this.#needs.control.offset() > verdict.controlOffset
      ? this.#askAgain(exchange, verdict)
      : undefined
  }

  /** Nothing is let through on a copy of the control state that may be stale. */
  stale(verdict: ActionVerdict): ActionVerdict | undefined {
    const fault = this.#needs.control.fault()
    return fault === undefined
      ? undefined
      : faultDenial(new ControlStale({ cause: new Error(fault) }), verdict)
  }

  /** What the verdict on an action that is under way depends on, as of now. */
  inputNow(exchange: E): DecisionInput {
    return this.#input(exchange, this.#offers.used(exchange))
  }

  async #askAgain(exchange: E, verdict: ActionVerdict): Promise<ActionVerdict | undefined> {
    const { control } = this.#needs
    let now = verdict
    while (control.offset() > Math.max(now.controlOffset, now.input?.controlOffset ?? 0)) {
      now = await this.decide(exchange, verdict.approvers)
      if (now.outcome === 'deny') return now
    }
    // An action that a person has approved needs no second one, unless that person is not trusted any more.
    if (now.outcome === 'allow' || (verdict.approvalId !== null && now.by !== 'approver')) return undefined
    const why = now.by === 'approver' ? now.reasons[0] : undefined
    return denial(
      'approval',
      now.rule,
      `${why ?? 'it needs a person since the rules were changed'}: ask again`,
      now,
    )
  }

  /** A name that was never listed is looked for once, in the caller's session, before it counts as unknown. */
  async #askWithList(
    exchange: E,
    used: UsedTool,
    verdict: ActionVerdict,
    approvers: readonly Approver[],
  ): Promise<ActionVerdict> {
    const { fault, refused: why } = await this.#offers.read(exchange, used)
    if (fault !== null) {
      const refused = fault instanceof UpstreamAnswerInvalid && fault.refusal !== undefined
      const unknown = refused ? new ListRefused(fault) : new ToolsUnlisted(fault)
      return faultDenial(unknown, verdict)
    }
    if (why !== null) return denial('protocol', `catalog: refused ${used.kind}`, why, verdict)
    return this.#ask(exchange, this.#offers.used(exchange, true), approvers)
  }

  /** With the arguments only where the decision service says, or has said before, that a rule in force reads them. */
  async #ask(exchange: E, tool: UsedTool | null, approvers: readonly Approver[]): Promise<ActionVerdict> {
    const { decision } = this.#needs
    const bare = this.#input(exchange, tool, approvers)
    const isRead = this.#hints.has(bare)
    const input = isRead ? withArguments(bare, exchange.call) : bare
    const first = await decision.decide(input)
    this.#hints.learn(bare, first)
    if (first.needs !== 'arguments') return judged(first, first.readsArguments ? input : bare)
    const whole = withArguments(bare, exchange.call)
    return judged(await decision.decide(whole), whole)
  }

  #input(exchange: E, tool: UsedTool | null, approvers: readonly Approver[] = []): DecisionInput {
    const { control, clock } = this.#needs
    return decisionInput(control, exchange, tool, clock(), approvers)
  }
}
