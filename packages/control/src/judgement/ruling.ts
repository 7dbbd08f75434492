import { BUILTIN_PERMISSIONS, compilePolicy, type Policy } from '@sallyport/policy'
import type { ControlState } from '../state.ts'
import { type CompiledGuardrail, compileGuardrails, type Guardrail } from './guardrails.ts'
import type { GuardrailsOf } from './guardrails-in-force.ts'

/** The control state that verdicts are given by, with its rules compiled. */
export interface Ruling {
  readonly state: ControlState
  readonly policy: Policy
  readonly guardrails: readonly CompiledGuardrail[]
  /** The offset of the next control event: the state is that of all before it. */
  readonly controlOffset: number
}

/** Compiles rulings, of each only what has changed since the one before. It throws PatternInvalid. */
export function rulings(guardrailsOf: GuardrailsOf): (state: ControlState, controlOffset: number) => Ruling {
  let last: Ruling | undefined
  let source: readonly Guardrail[] = []
  return (state, controlOffset) => {
    const named = guardrailsOf(state)
    const guardrails = last !== undefined && named === source ? last.guardrails : compileGuardrails(named)
    const policy = last?.state.permissions === state.permissions ? last.policy : policyOf(state)
    source = named
    last = { state, policy, guardrails, controlOffset }
    return last
  }
}

function policyOf({ permissions }: ControlState): Policy {
  const explicit = [...permissions.values()].map((record) => ({ ...record, origin: 'explicit' as const }))
  return compilePolicy(explicit, BUILTIN_PERMISSIONS)
}
