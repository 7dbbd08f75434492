import { pendingBody } from '../domain/answers.ts'
import { ApprovalRefused } from '../domain/faults.ts'
import { abortedEvent } from '../domain/records.ts'
import { faultDenial, type Verdict } from '../domain/verdict.ts'
import { answerDenied } from '../exchange/answer-denied.ts'
import { forward } from '../exchange/forward.ts'
import type { Exchange, ProxyParts } from '../exchange/parts.ts'
import { recordDecision } from '../exchange/record-decision.ts'
import { Hold, type HoldEnd } from './hold.ts'
import { chooseHoldStrategy } from './hold-strategy.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Interruption, Waiting } from './waiting.ts'

/** A call whose hold is durable: keeps its caller, asks a person, and does what comes of it. */
export async function holdCall(parts: ProxyParts, exchange: Exchange, held: Verdict): Promise<void> {
  const { call, answer, passed } = exchange
  const strategy = chooseHoldStrategy(call, passed, parts.config.hold)
  const waiting = parts.holds.begin(call)
  answer.onGone = () => waiting.interrupt('gone')
  if (answer.gone) waiting.interrupt('gone')
  const budget = setTimeout(() => waiting.interrupt('budget'), strategy.budgetMs)
  const keepAlive = new KeepAlive(exchange, strategy, parts.config.hold)
  try {
    const end = await new Hold(parts, exchange, waiting, keepAlive).untilEnd(held).catch((cause: unknown) => {
      parts.logger.error({ actionId: call.actionId, error: cause }, 'a held call failed')
      const verdict = faultDenial(new ApprovalRefused({ cause }), held)
      return { kind: 'decided', verdict, toolDigest: null } as const
    })
    // From here on what is written is the answer itself.
    keepAlive.stop()
    await finish(parts, exchange, held, waiting, end)
  } finally {
    keepAlive.stop()
    clearTimeout(budget)
    parts.holds.end(waiting)
  }
}

async function finish(
  parts: ProxyParts,
  exchange: Exchange,
  held: Verdict,
  waiting: Waiting,
  end: HoldEnd,
): Promise<void> {
  if (end.kind === 'interrupted') {
    interrupt(parts, exchange, held, waiting, end)
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
}

const ANSWERS: Readonly<Record<Interruption, string>> = {
  gone: '',
  cancelled: 'The request was cancelled.',
  stopping: 'Sallyport is restarting.',
  budget: 'This call needs a person, who has not answered yet.',
}

/** The wait ends and the approval stays: a repeated call attaches to it. */
function interrupt(
  parts: ProxyParts,
  { call, answer }: Exchange,
  held: Verdict,
  waiting: Waiting,
  { by, approvalId }: Extract<HoldEnd, { kind: 'interrupted' }>,
): void {
  const durationMs = performance.now() - waiting.heldAt
  const end = { stage: 'held', reason: REASONS[by], durationMs } as const
  parts.recorder.later(abortedEvent(call, { ...held, approvalId }, end, parts.clock()))
  if (call.id !== null) answer.message(200, pendingBody(call, call.id, approvalId, ANSWERS[by]))
}
