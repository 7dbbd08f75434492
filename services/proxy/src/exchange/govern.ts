import type { DecideRequest, Decision } from '@sallyport/rpc'
import { credentialOf } from '../adapters/credentials.ts'
import { type Call, TENANT } from '../domain/call.ts'
import { ControlStale, CredentialMissing, DecisionFailed, NotRecorded } from '../domain/faults.ts'
import { abortedEvent, decidedEvent } from '../domain/records.ts'
import { denial, faultDenial, unanswered, type Verdict } from '../domain/verdict.ts'
import { holdCall } from '../hold/hold-call.ts'
import { answerDenied } from './answer-denied.ts'
import { forward } from './forward.ts'
import type { Exchange, ProxyParts } from './parts.ts'

/** The way of one action: decide, record, and only then deny, hold or forward. */
export async function govern(parts: ProxyParts, exchange: Exchange): Promise<void> {
  const { call } = exchange
  const decision = parts.decision.decide(questionOf(call))
  const verdict = restrict(parts, call, await settled(decision))
  if (!(await recordDecision(parts, exchange, verdict, 'initial', null, call.arrivedAt))) return
  switch (verdict.outcome) {
    case 'deny':
      answerDenied(exchange, verdict)
      return
    case 'hold':
      await holdCall(parts, exchange, verdict)
      return
    case 'allow':
      forward(parts, exchange, verdict)
  }
}

/** Asks for the decision anew, for a call that was held. */
export async function decideAgain(parts: ProxyParts, call: Call): Promise<Decision> {
  return settled(parts.decision.decide(questionOf(call)))
}

/**
 * Records a decision and waits until it is durable. False when it could not be: the agent has been told then, and
 * whatever the decision was, nothing goes upstream.
 */
export async function recordDecision(
  parts: ProxyParts,
  exchange: Exchange,
  verdict: Verdict,
  phase: 'initial' | 'resumed',
  toolDigest: string | null,
  since: number,
): Promise<boolean> {
  const { call, evidence } = exchange
  const judgement = { verdict, phase, toolDigest, decisionMs: performance.now() - since }
  try {
    await parts.recorder.durable(decidedEvent(call, evidence, judgement, parts.clock()))
    parts.counters.decided(verdict.outcome)
    return true
  } catch (cause) {
    const fault = faultDenial(new NotRecorded({ cause }), verdict)
    parts.logger.error(
      { actionId: call.actionId, code: fault.fault },
      'denied: the decision was not recorded',
    )
    parts.counters.decided('deny')
    // The log may have taken it after all, and then must not read as if it had been carried out.
    const end = {
      stage: 'forwarding',
      reason: 'the log did not confirm the decision',
      durationMs: 0,
    } as const
    parts.recorder.later(abortedEvent(call, fault, end, parts.clock()))
    answerDenied(exchange, fault)
    return false
  }
}

async function settled(decision: Promise<Decision> | Decision): Promise<Decision> {
  try {
    return await decision
  } catch (cause) {
    return faultDenial(new DecisionFailed({ cause }))
  }
}

/** What the proxy itself adds to a decision: it can only become stricter. */
function restrict({ control, environment, holds }: ProxyParts, call: Call, decision: Decision): Verdict {
  const verdict = unanswered(decision)
  if (decision.outcome === 'deny') return verdict
  const stale = control.fault()
  if (stale !== undefined) return faultDenial(new ControlStale({ cause: new Error(stale) }), decision)
  const credential = credentialOf(call.upstream, environment)
  if ('missing' in credential) return faultDenial(new CredentialMissing(credential.missing), decision)
  if (decision.outcome === 'allow') return verdict
  if (call.kind !== 'request')
    return denial(decision.rule, 'it needs a person, and what has no answer cannot wait for one', decision)
  if (holds.full(call.gateway.id))
    return denial(
      'held calls',
      `gateway ${call.gateway.name} has too many calls that wait for a person`,
      decision,
    )
  return verdict
}

function questionOf({ gateway, upstream, action }: Call): DecideRequest {
  return {
    tenant: TENANT,
    gatewayId: gateway.id,
    gateway: gateway.name,
    connector: upstream.connector,
    upstream: upstream.name,
    action,
  }
}
