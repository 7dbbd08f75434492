import type { DecideRequest, Decision, Outcome, Risk } from './decision.ts'
import { unreadable } from './faults.ts'

/** `sallyport.decision.v1.DecideRequest`. */
export interface WireDecideRequest extends DecideRequest {
  readonly requestId: number
}

/** `sallyport.decision.v1.DecideResponse`; enums as their numbers. */
export interface WireDecision {
  readonly requestId: number
  readonly outcome: number
  readonly rule: string
  readonly reasons: readonly string[]
  readonly risk: number
  readonly policyVersion: string
  readonly fault: string
}

const OUTCOMES: readonly (Outcome | undefined)[] = [undefined, 'allow', 'deny', 'hold']
const RISKS: readonly (Risk | undefined)[] = [undefined, 'low', 'medium', 'high']
const OUTCOME_NUMBERS: Readonly<Record<Outcome, number>> = { allow: 1, deny: 2, hold: 3 }
const RISK_NUMBERS: Readonly<Record<Risk, number>> = { low: 1, medium: 2, high: 3 }

export function toWireDecision(requestId: number, decision: Decision): WireDecision {
  const { outcome, rule, reasons, risk, policyVersion, fault } = decision
  return {
    requestId,
    outcome: OUTCOME_NUMBERS[outcome],
    rule,
    reasons,
    risk: RISK_NUMBERS[risk],
    policyVersion,
    fault: fault ?? '',
  }
}

/** An answer that lacks outcome, risk, rule or policy version is not a verdict. */
export function fromWireDecision(wire: WireDecision): Decision {
  const outcome = OUTCOMES[wire.outcome]
  const risk = RISKS[wire.risk]
  if (outcome === undefined || risk === undefined || !wire.rule || !wire.policyVersion) return unreadable()
  if (wire.fault && outcome !== 'deny') return unreadable()
  const { rule, reasons, policyVersion } = wire
  return { outcome, rule, reasons, risk, policyVersion, fault: wire.fault || null }
}
