import type { Logger } from '@sallyport/runtime'
import type { Action } from '../../domain/action.ts'
import { NotRecorded } from '../../domain/faults.ts'
import { type AbortedEnd, abortedEvent, decidedEvent } from '../../domain/records.ts'
import { type ActionVerdict, faultDenial } from '../../domain/verdict.ts'
import type { Connector } from '../connector.ts'
import type { Exchange } from '../exchange.ts'
import type { Counters } from './counters.ts'
import type { DroppedMessages } from './dropped-messages.ts'
import type { Recorder } from './recorder.ts'
import type { SessionSoFar } from './session-so-far.ts'

/** The parts that recording the end of actions needs. */
export interface Recording {
  readonly recorder: Recorder
  readonly counters: Counters
  readonly clock: () => Date
  readonly logger: Logger
  /** Told of each message of an upstream's that reaches nobody. */
  readonly dropped: Pick<DroppedMessages, 'tell'>
  /** What was recorded of each session lately. */
  readonly soFar: Pick<SessionSoFar, 'before'>
}

export interface Deciding {
  readonly verdict: ActionVerdict
  readonly phase: 'initial' | 'resumed'
  /** The facts that an approval was bound to. Null takes the definition of the action's tool as it is known here. */
  readonly toolDigest: string | null
  /** On the monotonic clock, in milliseconds. */
  readonly since: number
}

/**
 * Records a decision and waits until it is durable. False when it could not be: the agent has been told then, and
 * whatever the decision was, nothing goes upstream.
 */
export async function recordDecision<E extends Exchange>(
  recording: Recording,
  connector: Pick<Connector<E>, 'offers' | 'refuse'>,
  exchange: E,
  { verdict, phase, toolDigest, since }: Deciding,
): Promise<boolean> {
  const { recorder, counters, clock, logger } = recording
  const { call, evidence } = exchange
  const judgement = {
    verdict,
    phase,
    toolDigest: toolDigest ?? (call.tool === null ? null : definitionOf(connector, exchange)),
    decisionMs: performance.now() - since,
  }
  try {
    await recorder.durable(decidedEvent(call, evidence, judgement, clock()))
    counters.decided(verdict.outcome, verdict.fault)
    return true
  } catch (cause) {
    const fault = faultDenial(new NotRecorded({ cause }), verdict)
    logger.error({ actionId: call.actionId, code: fault.fault }, 'denied: the decision was not recorded')
    counters.decided('deny', fault.fault)
    const reasons = [...fault.reasons, 'recorded late: the log could not be written then']
    recorder.keep(decidedEvent(call, evidence, { ...judgement, verdict: { ...fault, reasons } }, clock()))
    // The log may have taken it after all, and then must not read as if it had been carried out.
    const reason = 'the log did not confirm the decision'
    recordAborted(recording, call, fault, { stage: 'forwarding', reason, durationMs: 0 })
    connector.refuse(exchange, fault)
    return false
  }
}

function definitionOf<E extends Exchange>(
  { offers }: Pick<Connector<E>, 'offers'>,
  exchange: E,
): string | null {
  return offers.used(exchange)?.definition ?? null
}

/** The action ended before it was carried out, or before its end was known. */
export function recordAborted(
  { recorder, clock }: Pick<Recording, 'recorder' | 'clock'>,
  call: Action,
  verdict: ActionVerdict,
  end: AbortedEnd,
): void {
  recorder.later(abortedEvent(call, verdict, end, clock()))
}
