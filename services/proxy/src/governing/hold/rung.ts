import type { ApprovalState } from '@sallyport/rpc'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Exchange } from '../exchange.ts'
import type { Interruption } from './waiting.ts'

/** One way of keeping a caller while a person is asked. The approval is the same for all of them. */
export interface Rung<E extends Exchange = Exchange> {
  /** Where what comes of the call goes. */
  readonly exchange: E
  /**
   * An approval waits for its answer: the first one, or another when what the first was bound to has changed. `leave`
   * ends the wait, and `unanswered` is what the caller gets. `held`: why a person is asked.
   */
  asked(approval: ApprovalState, held: ActionVerdict): 'wait' | 'leave'
  /** From here on what is written is the answer itself. */
  stop(): void
  /** The wait is over and nobody has answered. `held`: why a person was asked. */
  unanswered(by: Interruption, approvalId: string | null, held: ActionVerdict): void
}
