import { type Approval, type ApprovalOutcome, atInstant, isOpen } from '@sallyport/approval'
import { BoundedMap } from '@sallyport/runtime'
import type { ApprovalsFold } from './approvals-fold.ts'

const REMEMBERED = 20_000

/** One action that asks for the approval of one exact call. */
export interface Ask {
  readonly callDigest: string
  readonly actionId: string
}

/**
 * Keeps what a proxy repeats, because its answer came too late, out of the log: an action that has asked already gets what
 * came of that. Each repetition would else be one more append, when the log is slow already, and a fleet under load would
 * never get out of it.
 */
export class RepeatedAsks {
  readonly #underWay = new Map<string, Promise<ApprovalOutcome>>()
  readonly #answered = new BoundedMap<string, string>(REMEMBERED)

  /** The approval that is open for the call, where this action has asked for it before. */
  openOf(fold: ApprovalsFold, ask: Ask, now: Date): Approval | undefined {
    const open = fold.openFor(ask.callDigest)
    if (open === undefined || !isOpen(atInstant(open, now.toISOString()))) return undefined
    const hasAsked = open.actionId === ask.actionId || this.#answered.get(keyOf(ask)) === open.approvalId
    return hasAsked ? open : undefined
  }

  /** Submits, or waits for what is under way for the same action. */
  async once(ask: Ask, submit: () => Promise<ApprovalOutcome>): Promise<ApprovalOutcome> {
    const key = keyOf(ask)
    const known = this.#underWay.get(key)
    if (known !== undefined) return known
    const submitted = submit().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, submitted)
    const outcome = await submitted
    if (outcome.accepted) this.#answered.set(key, outcome.approvalId)
    return outcome
  }
}

const keyOf = ({ callDigest, actionId }: Ask) => `${callDigest} ${actionId}`
