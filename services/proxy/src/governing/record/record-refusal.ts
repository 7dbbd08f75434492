import type { SallyportError } from '@sallyport/runtime'
import type { Action } from '../../domain/action.ts'
import { decidedEvent } from '../../domain/records.ts'
import { unreadDenial } from '../../domain/verdict.ts'
import type { Recording } from './record-decision.ts'

/**
 * Records what was refused before it could be judged. Never rejects: a refusal stands, recorded or not. `refused` is
 * the known part of the action.
 */
export async function recordRefusal(
  recording: Recording,
  refusal: SallyportError,
  refused: Action,
): Promise<void> {
  const verdict = unreadDenial(refusal)
  const judgement = {
    verdict,
    phase: 'initial',
    toolDigest: null,
    decisionMs: performance.now() - refused.arrivedAt,
  } as const
  const evidence = { arguments: null, meta: null, argsDigest: null, findings: [] }
  recording.counters.decided('deny')
  const event = decidedEvent(refused, evidence, judgement, recording.clock())
  await recording.recorder.durable(event).catch(() => {
    recording.logger.error({ code: refusal.code }, 'a refusal is recorded late')
    recording.recorder.keep(event)
  })
}
