import { answerDenied } from '../../connectors/mcp/answers/answer-denied.ts'
import type { McpExchange } from '../../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'
import { forward } from '../../connectors/mcp/forwarding/forward.ts'
import { chooseRung } from '../../connectors/mcp/rungs/choose-rung.ts'
import { ApprovalRefused } from '../../domain/faults.ts'
import { abortedEvent } from '../../domain/records.ts'
import { type ActionVerdict, faultDenial } from '../../domain/verdict.ts'
import { recordDecision } from '../record/record-decision.ts'
import { Hold, type HoldEnd } from './hold.ts'
import type { Rung } from './rung.ts'
import type { Interruption, Waiting } from './waiting.ts'

/** A call whose hold is durable: keeps its caller, asks a person, and does what comes of it. */
export async function holdCall(parts: ProxyParts, exchange: McpExchange, held: ActionVerdict): Promise<void> {
  const { call, answer } = exchange
  const waiting = parts.holds.begin(call)
  answer.onGone = () => waiting.interrupt('gone')
  if (answer.gone) waiting.interrupt('gone')
  const rung = chooseRung(parts, exchange, waiting)
  try {
    const end = await new Hold(parts, exchange, waiting, rung).untilEnd(held).catch((cause: unknown) => {
      parts.logger.error({ actionId: call.actionId, error: cause }, 'a held call failed')
      const verdict = faultDenial(new ApprovalRefused({ cause }), held)
      return { kind: 'decided', verdict, toolDigest: null } as const
    })
    // From here on what is written is the answer itself.
    rung.stop()
    await finish(parts, rung, held, waiting, end)
  } finally {
    rung.stop()
    waiting.limit(null)
    parts.holds.end(waiting)
  }
}

async function finish(
  parts: ProxyParts,
  rung: Rung,
  held: ActionVerdict,
  waiting: Waiting,
  end: HoldEnd,
): Promise<void> {
  const { exchange } = rung
  if (end.kind === 'interrupted') {
    const durationMs = performance.now() - waiting.heldAt
    const aborted = { stage: 'held', reason: REASONS[end.by], durationMs } as const
    const { approvalId } = end
    parts.recorder.later(abortedEvent(exchange.call, { ...held, approvalId }, aborted, parts.clock()))
    // The approval stays: a repeated call attaches to it.
    if (end.by !== 'gone') rung.unanswered(end.by, approvalId)
    return
  }
  const { verdict, toolDigest } = end
  const resumedAt = performance.now()
  const heldMs = resumedAt - waiting.heldAt
  if (!(await recordDecision(parts, exchange, verdict, 'resumed', toolDigest, resumedAt))) return
  if (verdict.outcome === 'allow') await forward(parts, exchange, verdict, { resumedAt, heldMs })
  else answerDenied(exchange, verdict)
}

const REASONS: Readonly<Record<Interruption, string>> = {
  gone: 'the agent went away',
  cancelled: 'the agent cancelled the request',
  stopping: 'Sallyport is stopping',
  budget: 'nobody answered while the agent waited',
  left: 'the agent was told where the approval is answered',
}
