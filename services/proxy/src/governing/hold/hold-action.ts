import type { ApprovalsPoint, ArgumentSeal } from '@sallyport/rpc'
import type { Logger } from '@sallyport/runtime'
import { ApprovalRefused } from '../../domain/faults.ts'
import { type ActionVerdict, faultDenial } from '../../domain/verdict.ts'
import type { Connector, Resumption } from '../connector.ts'
import type { Decider } from '../decider.ts'
import type { Exchange } from '../exchange.ts'
import { type Recording, recordAborted } from '../record/record-decision.ts'
import type { ApprovalWatch } from './approval-watch.ts'
import type { HeldCalls } from './held-calls.ts'
import { Hold, type HoldEnd } from './hold.ts'
import type { Interruption } from './waiting.ts'

export interface HoldNeeds {
  readonly holds: HeldCalls
  readonly approvals: ApprovalsPoint
  readonly watch: ApprovalWatch
  /** This process, as the one that claims approvals. */
  readonly claimant: string
  /** Keeps the whole arguments of a held call for whoever answers. */
  readonly seal: ArgumentSeal
  readonly recording: Recording
  readonly logger: Logger
}

/** The end of a hold, to be recorded and carried out. */
export interface Answered<E extends Exchange> {
  readonly exchange: E
  readonly verdict: ActionVerdict
  readonly toolDigest: string | null
  readonly resumption: Resumption
}

/**
 * An action whose hold is durable: keeps its caller, asks a person, and resumes with the answer. Where the wait ends
 * without one, that is recorded, and the caller is told.
 */
export async function holdAction<E extends Exchange>(
  needs: HoldNeeds,
  connector: Connector<E>,
  decider: Decider<E>,
  exchange: E,
  held: ActionVerdict,
  resume: (answered: Answered<E>) => Promise<void>,
): Promise<void> {
  const { call, answer } = exchange
  const waiting = needs.holds.begin(call)
  answer.onGone = () => waiting.interrupt('gone')
  if (answer.gone) waiting.interrupt('gone')
  const rung = connector.keep(exchange, waiting)
  try {
    const { soFar } = needs.recording
    const hold = new Hold({ ...needs, soFar, connector, decider, exchange, waiting, rung })
    const end = await hold.untilEnd(held).catch((cause: unknown): HoldEnd<E> => {
      needs.logger.error({ actionId: call.actionId, error: cause }, 'a held call failed')
      return { kind: 'decided', verdict: faultDenial(new ApprovalRefused({ cause }), held), toolDigest: null }
    })
    // From here on what is written is the answer itself.
    rung.stop()
    if (end.kind === 'decided') {
      const resumedAt = performance.now()
      const resumption = { resumedAt, heldMs: resumedAt - waiting.heldAt }
      const { verdict, toolDigest, edited } = end
      const exchange = edited === undefined ? rung.exchange : { ...rung.exchange, ...edited }
      await resume({ exchange, verdict, toolDigest, resumption })
      return
    }
    const { by, approvalId, unanswerable } = end
    const durationMs = performance.now() - waiting.heldAt
    const aborted = { stage: 'held', reason: REASONS[by], durationMs } as const
    recordAborted(needs.recording, rung.exchange.call, { ...held, approvalId }, aborted)
    // The approval stays: a repeated call attaches to it.
    if (by !== 'gone')
      rung.unanswered(by, approvalId, unanswerable === undefined ? held : { ...held, unanswerable })
  } finally {
    rung.stop()
    waiting.limit(null)
    needs.holds.end(waiting)
  }
}

const REASONS: Readonly<Record<Interruption, string>> = {
  gone: 'the agent went away',
  cancelled: 'the agent cancelled the request',
  stopping: 'Sallyport is stopping',
  budget: 'nobody answered while the agent waited',
  left: 'the agent was told where the approval is answered',
}
