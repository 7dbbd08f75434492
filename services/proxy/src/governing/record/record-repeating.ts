import { repeatedEvent } from '../../domain/records.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Repeating } from '../denials/repeats.ts'
import type { Exchange } from '../exchange.ts'
import type { Recording } from './record-decision.ts'

/** Says once, in the record and in the log, that an agent repeats a denied action unchanged. */
export function recordRepeating(
  { recorder, logger }: Pick<Recording, 'recorder' | 'logger'>,
  { call, evidence }: Exchange,
  verdict: ActionVerdict,
  repeating: Repeating,
  now: Date,
): void {
  const { times, pauseMs } = repeating
  logger.warn(
    { gateway: call.gateway.name, upstream: call.upstream.name, action: call.recordedAction, times, pauseMs },
    'an agent repeats a denied action unchanged',
  )
  recorder.later(repeatedEvent(call, evidence, verdict, repeating, now))
}
