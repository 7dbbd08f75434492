import type { Decision } from '@sallyport/rpc'
import type { LimitExceeded, SallyportError } from '@sallyport/runtime'
import type { ProtocolRefusal } from './protocol-refusal.ts'

/** A decision, and which person's answer stands behind it where one was asked. */
export interface Verdict extends Decision {
  readonly approvalId: string | null
  readonly answeredBy: string | null
  /** Where it breaks the rules of its revision: how the agent is told. */
  readonly refusal?: ProtocolRefusal
}

export function unanswered(decision: Decision | Verdict): Verdict {
  return { ...decision, approvalId: null, answeredBy: null }
}

export type Basis = Pick<Decision, 'risk' | 'policyVersion'>

/** What a verdict says of risk and policy where nobody was asked. */
export const UNJUDGED: Basis = { risk: 'medium', policyVersion: 'none' }

/** A denial by a rule of the proxy itself. */
export function denial(rule: string, reason: string, basis: Basis = UNJUDGED): Verdict {
  const { risk, policyVersion } = basis
  const reasons = [reason]
  return {
    outcome: 'deny',
    rule,
    reasons,
    risk,
    policyVersion,
    fault: null,
    approvalId: null,
    answeredBy: null,
  }
}

/** A denial of what breaks the rules of its own revision, whoever sent it. */
export function refusalVerdict(refusal: ProtocolRefusal, basis: Basis = UNJUDGED): Verdict {
  return { ...denial('protocol', refusal.message, basis), refusal }
}

/** A denial because something is more than it may be. */
export function limitDenial({ limit, message }: LimitExceeded, basis: Basis = UNJUDGED): Verdict {
  return denial(`limit: ${limit}`, message, basis)
}

/** A denial because a part of ours failed: no judgement of the call, and said so. */
export function faultDenial(fault: SallyportError, basis: Basis = UNJUDGED): Verdict {
  return { ...denial('fault', fault.message, basis), fault: fault.code }
}
