import type { ApprovalState } from '@sallyport/rpc'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import { pendingAnswer } from '../answers/pending.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import type { ToldApprovals } from './told-approvals.ts'

export interface HttpKeeping {
  /** The longest that a caller may wait, even if it asks for more. */
  readonly longestWaitMs: number
  /** The address where a person answers an approval; null when none is configured. */
  readonly approvalUrl: (approvalId: string) => string | null
  readonly told: ToldApprovals
}

const WHY: Readonly<Record<Interruption, string>> = {
  gone: '',
  cancelled: 'The request was cancelled.',
  stopping: 'Sallyport is restarting.',
  budget: 'This request needs a person. Nobody has answered yet.',
  left: 'This request needs a person.',
}

/**
 * The caller is told at once where a person answers its request. A caller that asked to wait waits for the time that it
 * named.
 */
export class PollRung implements Rung<HttpExchange> {
  readonly exchange: HttpExchange
  readonly #keeping: HttpKeeping
  readonly #waits: boolean

  constructor(keeping: HttpKeeping, exchange: HttpExchange, waiting: Waiting) {
    this.exchange = exchange
    this.#keeping = keeping
    const waitMs = Math.min((exchange.call.waitSeconds ?? 0) * 1000, keeping.longestWaitMs)
    this.#waits = waitMs > 0
    if (this.#waits) waiting.limit(waitMs)
  }

  asked({ unanswerable }: ApprovalState): 'wait' | 'leave' {
    return this.#waits && unanswerable === null ? 'wait' : 'leave'
  }

  stop(): void {}

  unanswered(by: Interruption, approvalId: string | null, held: ActionVerdict): void {
    const { call, answer } = this.exchange
    const { approvalUrl, told } = this.#keeping
    const url = approvalId === null ? null : approvalUrl(approvalId)
    if (approvalId !== null) told.remember(this.exchange, approvalId)
    const { status, fields, text } = pendingAnswer(call, held, { approvalId, url, why: WHY[by] })
    answer.whole(status, fields, text)
  }
}
