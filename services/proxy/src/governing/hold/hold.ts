import { ANYONE, type Approver, byTermsStrictness } from '@sallyport/policy'
import type { ApprovalState, ApprovalsPoint, ArgumentSeal, RequestApproval } from '@sallyport/rpc'
import { type Logger, messageOf, SallyportError } from '@sallyport/runtime'
import { ApprovalRefused, EditUnusable, ToolDefinitionUnknown } from '../../domain/faults.ts'
import { boundDigest, type ToolDefinition } from '../../domain/tool-digest.ts'
import { type ActionVerdict, denial, faultDenial, limitDenial } from '../../domain/verdict.ts'
import type { Connector } from '../connector.ts'
import type { Decider } from '../decider.ts'
import type { Exchange } from '../exchange.ts'
import { ArgumentsTooLong } from '../limits/errors.ts'
import type { SessionSoFar } from '../record/session-so-far.ts'
import { answeredVerdict, approvedVerdict, grantedVerdict } from './answered-verdict.ts'
import { type Bound, bindingOf, recordedRequest, sealedRequest } from './approval-request.ts'
import type { ApprovalWatch } from './approval-watch.ts'
import { type EditedParts, editedAction } from './edited-action.ts'
import type { Rung } from './rung.ts'
import type { Interruption, Waiting } from './waiting.ts'

/** How a hold ended: with a verdict to be recorded, or before there was one. */
export type HoldEnd<E extends Exchange> =
  | {
      readonly kind: 'decided'
      readonly verdict: ActionVerdict
      readonly toolDigest: string | null
      /** The action as a person has edited it: the verdict is about this one. */
      readonly edited?: EditedParts<E>
    }
  | {
      readonly kind: 'interrupted'
      readonly by: Interruption
      readonly approvalId: string | null
      readonly unanswerable?: string
    }

type Decided<E extends Exchange> = Extract<HoldEnd<E>, { kind: 'decided' }>

/** It still needs a person. At the use: on the action as it was edited, if it was. */
type Again<E extends Exchange> = {
  readonly kind: 'again'
  readonly basis: ActionVerdict
  readonly edited?: EditedParts<E>
}

const RETRY_MS = 250

/** Ended by an answer, or because nobody answered. A cancelled or revoked approval may be asked for again. */
const FINAL: ReadonlySet<ApprovalState['status']> = new Set(['denied', 'expired', 'lapsed', 'consumed'])

export interface HoldOptions<E extends Exchange> {
  readonly approvals: ApprovalsPoint
  readonly watch: ApprovalWatch
  /** This process, as the one that claims approvals. */
  readonly claimant: string
  readonly seal: ArgumentSeal
  readonly soFar: Pick<SessionSoFar, 'before'>
  readonly logger: Logger
  readonly connector: Connector<E>
  readonly decider: Decider<E>
  readonly exchange: E
  readonly waiting: Waiting
  readonly rung: Rung<E>
}

/** Asks a person about one call and waits; the approval is re-checked and claimed before it is used. */
export class Hold<E extends Exchange> {
  readonly #options: HoldOptions<E>
  readonly #exchange: E
  readonly #waiting: Waiting
  #approvalId: string | null = null
  #unanswerable: string | null = null
  /** Grants that turned out not to be for this call, or not to be left. */
  readonly #exceptGrants: string[] = []

  constructor(options: HoldOptions<E>) {
    this.#options = options
    this.#exchange = options.exchange
    this.#waiting = options.waiting
  }

  async untilEnd(held: ActionVerdict): Promise<HoldEnd<E>> {
    const before = await this.#answeredBetweenRounds(held)
    if (before !== undefined) return before
    let basis = held
    for (;;) {
      const bound = { basis, toolDigest: boundDigest(await this.#definition()) }
      const approval = await this.#request(bound)
      if ('kind' in approval) return approval
      if (approval.grant !== undefined) {
        const end = await this.#byGrant(approval, bound)
        if (end.kind !== 'again') return end
        basis = end.basis
        continue
      }
      const overtaken = await this.#overtaken(approval, basis)
      if (overtaken !== undefined) return overtaken
      this.#approvalId = approval.approvalId
      this.#unanswerable = approval.unanswerable
      const told = { ...basis, ...this.#cannotBeAnswered() }
      if (approval.status === 'pending' && this.#options.rung.asked(approval, told) === 'leave')
        this.#waiting.interrupt('left')
      const end = await this.#untilAnswered(approval, bound)
      if (end.kind !== 'again') return end
      basis = end.basis
    }
  }

  /** A person may have refused while the client was on its way: to ask once more would be to ignore them. */
  async #answeredBetweenRounds(basis: ActionVerdict): Promise<HoldEnd<E> | undefined> {
    const approvalId = this.#earlier()
    if (approvalId === null) return undefined
    const reading = this.#options.approvals.getApprovals([approvalId]).catch(() => [])
    const [state] = (await this.#waiting.unlessInterrupted(reading)) ?? []
    if (state === undefined || !FINAL.has(state.status)) return undefined
    this.#approvalId = approvalId
    return decided(answeredVerdict(state, basis), { toolDigest: null })
  }

  /** The answer may also have come between looking for it and asking: then another approval was made in vain. */
  async #overtaken(
    { approvalId, attached }: ApprovalState,
    basis: ActionVerdict,
  ): Promise<HoldEnd<E> | undefined> {
    if (approvalId === this.#earlier()) return undefined
    const told = await this.#answeredBetweenRounds(basis)
    if (told !== undefined && !attached)
      void this.#cancel('it was answered before it was asked again', approvalId)
    return told
  }

  /** Asks for the approval until the service answers: it may be away. */
  async #request(bound: Bound): Promise<ApprovalState | HoldEnd<E>> {
    const { seal, connector } = this.#options
    const editable = connector.editing?.can(this.#exchange) ?? false
    const soFar = this.#options.soFar.before(this.#exchange.call)
    const asked = await sealedRequest(seal, this.#exchange, bound, { editable, soFar })
    if (asked === 'too long') return decided(limitDenial(new ArgumentsTooLong(), bound.basis), bound)
    const request: RequestApproval = { ...asked, exceptGrants: this.#exceptGrants }
    for (;;) {
      try {
        const approval = await this.#waiting.unlessInterrupted(
          this.#options.approvals.requestApproval(request),
        )
        return approval ?? this.#interrupted()
      } catch (cause) {
        if (!canBeTriedAgain(cause))
          return decided(faultDenial(new ApprovalRefused({ cause }), bound.basis), bound)
        this.#options.logger.warn({ actionId: this.#exchange.call.actionId }, messageOf(cause))
      }
      await this.#waiting.pause(RETRY_MS)
      if (this.#waiting.interruption !== undefined) return this.#interrupted()
      const end = await this.#recheck(bound)
      if (end.kind === 'decided') return end
    }
  }

  async #untilAnswered(approval: ApprovalState, bound: Bound): Promise<HoldEnd<E> | Again<E>> {
    const { approvalId } = approval
    this.#waiting.forgetApproval()
    const unwatch = this.#options.watch.watch(approvalId, (state) => this.#waiting.approvalChanged(state))
    if (approval.status !== 'pending') this.#waiting.approvalChanged(approval)
    try {
      for (;;) {
        const end = await this.#step(bound)
        if (end) return end
      }
    } finally {
      unwatch()
    }
  }

  async #step(bound: Bound): Promise<HoldEnd<E> | Again<E> | undefined> {
    const wake = await this.#waiting.next()
    switch (wake.kind) {
      case 'interrupted':
        return this.#interrupted()
      case 'control': {
        const end = await this.#recheck(bound)
        return end.kind === 'decided' ? end : undefined
      }
      case 'approval':
        return wake.state.status === 'approved'
          ? this.#use(wake.state, bound)
          : this.#close(wake.state, bound)
    }
  }

  /** Denied, expired, taken by another call. One that was cancelled may only have been overtaken by a new policy. */
  async #close(state: ApprovalState, bound: Bound): Promise<HoldEnd<E> | Again<E>> {
    if (state.status === 'cancelled' || state.status === 'revoked') {
      const end = await this.#recheck(bound)
      if (end.kind === 'decided' || end.basis.policyVersion !== bound.basis.policyVersion) return end
    }
    return decided(answeredVerdict(state, bound.basis), bound)
  }

  /** Somebody approved: everything that the approval relied on is looked at again before it is claimed. */
  async #use(state: ApprovalState, bound: Bound): Promise<HoldEnd<E> | Again<E> | undefined> {
    const reading = this.#definition()
    const end = await this.#recheck(bound, state)
    if (end.kind === 'decided') return end
    const { edited } = end
    if (end.basis.by === 'approver') {
      await this.#cancel(end.basis.reasons[0] ?? 'whoever approved it may not')
      return this.#anew(end, bound)
    }
    if (end.basis.policyVersion !== bound.basis.policyVersion) {
      void this.#cancel('the policy changed while the call was held')
      return this.#anew(end, bound)
    }
    const definition = await reading
    if (!definition.known && bound.toolDigest !== null)
      return decided(
        { ...faultDenial(new ToolDefinitionUnknown(), end.basis), approvalId: state.approvalId },
        bound,
        edited,
      )
    if (boundDigest(definition) !== bound.toolDigest) {
      void this.#cancel('the tool definition changed while the call was held')
      return this.#anew(end, bound)
    }
    if (this.#waiting.interruption === 'gone' || this.#waiting.interruption === 'cancelled')
      return this.#interrupted()
    return this.#claim(state, bound, end)
  }

  /** The next approval is asked for the call as the agent sent it. */
  async #anew(end: Again<E>, bound: Bound): Promise<Decided<E> | Again<E>> {
    return end.edited === undefined ? end : this.#recheck(bound)
  }

  /**
   * The call is one of those that people have approved before. Whatever speaks against it now, a person is asked: as if
   * there were no such grant.
   */
  async #byGrant(state: ApprovalState, bound: Bound): Promise<HoldEnd<E> | Again<E>> {
    const told = await this.#answeredBetweenRounds(bound.basis)
    if (told !== undefined) return told
    const reading = this.#definition()
    const end = await this.#recheck(bound, state)
    if (end.kind === 'decided') return end
    const { basis } = end
    if (basis.by === 'approver' || basis.policyVersion !== bound.basis.policyVersion)
      return this.#withoutGrant(state, basis)
    const definition = await reading
    if (!definition.known && bound.toolDigest !== null)
      return decided(faultDenial(new ToolDefinitionUnknown(), basis), bound)
    if (boundDigest(definition) !== bound.toolDigest) return this.#withoutGrant(state, basis)
    if (this.#waiting.interruption === 'gone' || this.#waiting.interruption === 'cancelled')
      return this.#interrupted()
    return this.#takeUse(state, bound, basis)
  }

  /** Asks for one use until the service answers: the same action uses it once. */
  async #takeUse(state: ApprovalState, bound: Bound, basis: ActionVerdict): Promise<HoldEnd<E> | Again<E>> {
    const { approvals, claimant, logger } = this.#options
    const { actionId } = this.#exchange.call
    const { binding, caller } = recordedRequest(this.#exchange, bound)
    const grantId = state.grant?.grantId
    if (grantId === undefined || caller === undefined) return this.#withoutGrant(state, basis)
    const { rule, reasons } = bound.basis
    const use = { grantId, actionId, claimant, binding, caller, rule, reasons }
    for (;;) {
      try {
        const taken = await approvals.useGrant(use)
        if (taken.used) return decided(grantedVerdict(state, grantId, basis), bound)
        logger.info({ actionId, grantId }, `a grant was not used: ${taken.reason}`)
        return this.#withoutGrant(state, basis)
      } catch (cause) {
        if (!canBeTriedAgain(cause)) return decided(faultDenial(new ApprovalRefused({ cause }), basis), bound)
      }
      await this.#waiting.pause(RETRY_MS)
      if (this.#waiting.interruption !== undefined) return this.#interrupted()
    }
  }

  #withoutGrant({ grant }: ApprovalState, basis: ActionVerdict): Again<E> {
    if (grant !== undefined) this.#exceptGrants.push(grant.grantId)
    return { kind: 'again', basis }
  }

  async #claim(
    state: ApprovalState,
    bound: Bound,
    { basis, edited }: Again<E>,
  ): Promise<HoldEnd<E> | undefined> {
    const { approvalId, callDigest } = state
    const { approvals, claimant } = this.#options
    const { actionId } = this.#exchange.call
    try {
      const digest = state.edit?.digest
      const asked = { approvalId, callDigest, actionId, claimant, ...(digest !== undefined && { digest }) }
      const claim = await approvals.claimApproval(asked)
      if (claim.claimed) return decided(approvedVerdict(claim.state, basis), bound, edited)
      const lost = denial(
        'approval',
        `approval ${approvalId}`,
        `the approval could not be used: ${claim.reason}`,
        basis,
      )
      const { answeredBy, approvers } = state
      return decided({ ...lost, approvalId, answeredBy, approvers }, bound, edited)
    } catch (cause) {
      if (!canBeTriedAgain(cause))
        return decided(faultDenial(new ApprovalRefused({ cause }), basis), bound, edited)
      // The same action may claim twice: should the first claim have been taken, the second one says so.
      await this.#waiting.pause(RETRY_MS)
      this.#waiting.approvalChanged(state)
      return undefined
    }
  }

  /**
   * Decides anew; where somebody has approved it, on what they have approved. Denied, or allowed without a person: the
   * approval is not wanted any more. What a person has edited is carried out by its approval alone, which is used once.
   */
  async #recheck(bound: Bound, approved?: ApprovalState): Promise<Decided<E> | Again<E>> {
    const edited = approved === undefined ? undefined : await this.#edited(approved, bound)
    if (edited instanceof EditUnusable) return decided(faultDenial(edited, bound.basis), bound)
    const { decider } = this.#options
    const asked = edited === undefined ? this.#exchange : { ...this.#exchange, ...edited }
    const decision = await decider.decide(asked, approved === undefined ? [] : approversOf(approved))
    if (decision.outcome === 'hold') return this.#stillHeld(decision, bound, edited)
    if (decision.outcome === 'allow' && edited !== undefined)
      return { kind: 'again', basis: decision, edited }
    // A fault is not a judgement: a repeated call can still use the approval.
    if (decision.fault === null)
      void this.#cancel(`not needed any more: ${decision.rule} (${decision.outcome})`)
    return decided(withApproval(decision, edited, approved), bound, edited)
  }

  /** An edit may have made it a call that needs other votes than the approval has asked for. */
  #stillHeld(
    decision: ActionVerdict,
    bound: Bound,
    edited: EditedParts<E> | undefined,
  ): Decided<E> | Again<E> {
    if (edited === undefined) return { kind: 'again', basis: decision }
    if (byTermsStrictness(decision.terms ?? null, bound.basis.terms ?? null) >= 0)
      return { kind: 'again', basis: decision, edited }
    void this.#cancel('as it was edited, the call needs other votes than were asked for')
    const why = 'as it was edited, the call needs the votes of other people than its approval has asked for'
    return decided(denial('approval', decision.rule, why, decision), bound, edited)
  }

  async #edited(approved: ApprovalState, bound: Bound): Promise<EditedParts<E> | EditUnusable | undefined> {
    const { seal, connector, logger } = this.#options
    const parts = { seal, connector, exchange: this.#exchange, binding: bindingOf(this.#exchange, bound) }
    return editedAction(parts, approved).catch((fault: EditUnusable) => {
      logger.error({ approvalId: approved.approvalId, cause: messageOf(fault.cause ?? fault) }, fault.message)
      return fault
    })
  }

  async #cancel(reason: string, approvalId = this.#approvalId): Promise<void> {
    if (approvalId === null) return
    try {
      await this.#options.approvals.cancelApproval(approvalId, reason)
    } catch (error) {
      this.#options.logger.warn({ approvalId }, `an approval was not cancelled: ${messageOf(error)}`)
    }
  }

  #earlier(): string | null {
    return this.#options.connector.askedBefore(this.#exchange)
  }

  #definition(): Promise<ToolDefinition> {
    return this.#options.connector.offers.definition(this.#exchange)
  }

  #interrupted(): HoldEnd<E> {
    const by = this.#waiting.interruption ?? 'budget'
    return { kind: 'interrupted', by, approvalId: this.#approvalId, ...this.#cannotBeAnswered() }
  }

  #cannotBeAnswered(): { readonly unanswerable?: string } {
    return this.#unanswerable === null ? {} : { unanswerable: this.#unanswerable }
  }
}

function decided<E extends Exchange>(
  verdict: ActionVerdict,
  { toolDigest }: Pick<Bound, 'toolDigest'>,
  edited?: EditedParts<E>,
): Decided<E> {
  if (edited === undefined) return { kind: 'decided', verdict, toolDigest }
  return { kind: 'decided', verdict: { ...verdict, edited: edited.edited }, toolDigest, edited }
}

/** A denial of what a person has edited names the approval, as people will ask what has become of it. */
function withApproval(
  decision: ActionVerdict,
  edited: unknown,
  approved: ApprovalState | undefined,
): ActionVerdict {
  if (edited === undefined || approved === undefined) return decision
  return { ...decision, approvalId: approved.approvalId }
}

/** An approval of nobody who can be told counts as one of a token that was revoked. */
function approversOf({ approvers }: ApprovalState): readonly Approver[] {
  return approvers.length > 0 ? approvers : [NOBODY]
}

const NOBODY: Approver = { tokenId: null, personId: null, botId: null, as: ANYONE }

function canBeTriedAgain(cause: unknown): boolean {
  return cause instanceof SallyportError && ['unavailable', 'timeout'].includes(cause.kind)
}
