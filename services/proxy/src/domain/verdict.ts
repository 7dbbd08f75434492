import { type Approver, type DecisionInput, NO_POLICY, type Verdict } from '@sallyport/policy'
import { LimitExceeded, type SallyportError } from '@sallyport/runtime'
import type { Edited } from './edited.ts'
import type { ProtocolRefusal } from './protocol-refusal.ts'

/**
 * The source of a refusal that is not the decision service's. `protocol`: the message breaks a rule of its protocol.
 * `limit`: it is over a limit. `approval`: a person denied it, or nobody answered. `fault`: a part of ours failed.
 */
export type OwnRefusal = 'protocol' | 'limit' | 'approval' | 'fault'

/**
 * What becomes of an action: the verdict of the decision service, the answer of a person, or a refusal of the proxy.
 */
export interface ActionVerdict extends Omit<Verdict, 'by'> {
  readonly by: Verdict['by'] | OwnRefusal
  /** The input that the decision service was asked with; null when it was not asked. */
  readonly input: DecisionInput | null
  readonly approvalId: string | null
  /** The grant that let it pass, which was born of that approval. */
  readonly grantId?: string
  /** The name of the token that answered, for the record. */
  readonly answeredBy: string | null
  /** Those whose votes approved it: it is judged by them whether the approval still counts. */
  readonly approvers: readonly Approver[]
  /** Where it breaks the rules of its revision: how the agent is told. */
  readonly refusal?: ProtocolRefusal
  /** The code of the limit that it is over, or of the rule of its protocol that it breaks. */
  readonly code?: string
  /** When it is under that limit again, in milliseconds. */
  readonly retryAfterMs?: number
  /** Why nobody can answer the approval that it waits for, as people and groups are now. */
  readonly unanswerable?: string
  /** How its approval ended, where that is why it is refused. */
  readonly ended?: string
  /** It is about the action as a person has edited it. */
  readonly edited?: Edited
}

export function judged(verdict: Verdict, input: DecisionInput): ActionVerdict {
  return { ...verdict, input, approvalId: null, answeredBy: null, approvers: [] }
}

export type Basis = Pick<ActionVerdict, 'risk' | 'policyVersion' | 'input' | 'controlOffset'>

/** Risk and policy of a verdict for which the decision service was not asked. */
export const UNJUDGED: Basis = { risk: 'medium', policyVersion: NO_POLICY, input: null, controlOffset: 0 }

/** A denial by the proxy itself. */
export function denial(by: OwnRefusal, rule: string, reason: string, basis: Basis = UNJUDGED): ActionVerdict {
  const { risk, policyVersion, input, controlOffset } = basis
  return {
    outcome: 'deny',
    by,
    rule,
    reasons: [reason],
    risk,
    policyVersion,
    fault: null,
    needs: null,
    readsArguments: false,
    catalog: null,
    controlOffset,
    input,
    approvalId: null,
    answeredBy: null,
    approvers: [],
  }
}

/** A denial of a message that breaks the rules of its revision. */
export function refusalVerdict(refusal: ProtocolRefusal, basis: Basis = UNJUDGED): ActionVerdict {
  return { ...denial('protocol', 'protocol', refusal.message, basis), refusal }
}

/** A denial because something is more than it may be. */
export function limitDenial({ limit, message, code }: LimitExceeded, basis: Basis = UNJUDGED): ActionVerdict {
  return { ...denial('limit', `limit: ${limit}`, message, basis), code }
}

/** A denial of what could not be read as an action. */
export function unreadDenial(refusal: SallyportError): ActionVerdict {
  if (refusal instanceof LimitExceeded) return limitDenial(refusal)
  if (refusal.kind === 'unavailable') return faultDenial(refusal)
  return { ...denial('protocol', 'strict decoding', refusal.message), code: refusal.code }
}

/** A denial because a part of ours failed: no judgement of the call, and said so. */
export function faultDenial(fault: SallyportError, basis: Basis = UNJUDGED): ActionVerdict {
  return { ...denial('fault', 'fault', fault.message, basis), fault: fault.code }
}
