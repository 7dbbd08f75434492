import { upstreamDigest } from '@sallyport/control'
import type { ApprovalState, ApprovalsPoint } from '@sallyport/rpc'
import { BoundedMap } from '@sallyport/runtime'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { answeredVerdict } from '../../../governing/hold/answered-verdict.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'

const MOST = 10_000

const REFUSED: ReadonlySet<ApprovalState['status']> = new Set(['denied', 'expired'])

/**
 * The approvals that callers were told of and sent away with. A caller that repeats its request after a person has
 * refused it hears of that once. Another proxy does not know of the refusal and asks the person again.
 */
export class ToldApprovals {
  readonly #approvals: Pick<ApprovalsPoint, 'getApprovals'>
  readonly #told = new BoundedMap<string, string>(MOST)

  constructor(approvals: Pick<ApprovalsPoint, 'getApprovals'>) {
    this.#approvals = approvals
  }

  remember(exchange: HttpExchange, approvalId: string): void {
    this.#told.set(keyOf(exchange), approvalId)
  }

  forget(exchange: HttpExchange): void {
    this.#told.delete(keyOf(exchange))
  }

  /** The verdict of the person who refused exactly this request; undefined where nobody has. */
  async refusal(exchange: HttpExchange, held: ActionVerdict): Promise<ActionVerdict | undefined> {
    const approvalId = this.#told.get(keyOf(exchange))
    if (approvalId === undefined) return undefined
    const [state] = await this.#approvals.getApprovals([approvalId]).catch(() => [])
    if (state === undefined || !REFUSED.has(state.status)) return undefined
    this.forget(exchange)
    return answeredVerdict(state, held)
  }
}

function keyOf({ call, evidence }: HttpExchange): string {
  const { gateway, upstream, recordedAction } = call
  return JSON.stringify([gateway.id, upstreamDigest(upstream), recordedAction, evidence.argsDigest])
}
