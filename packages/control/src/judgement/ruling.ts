import { BUILTIN_PERMISSIONS, compilePolicy, type Policy } from '@sallyport/policy'
import type { ControlState } from '../state.ts'
import { type ArgumentReaders, type Guardrail, indexReaders } from './guardrails.ts'

/** The control state that verdicts are given by, with its rules compiled. */
export interface Ruling {
  readonly state: ControlState
  readonly policy: Policy
  readonly guardrails: readonly Guardrail[]
  readonly readers: ArgumentReaders
  /** The offset of the next control event: the state is that of all before it. */
  readonly controlOffset: number
}

/** Compiles only what has changed since `before`. Throws PatternInvalid. */
export function rulingOf(
  state: ControlState,
  controlOffset: number,
  {
    before,
    guardrails = NONE,
  }: { readonly before?: Ruling; readonly guardrails?: readonly Guardrail[] } = {},
): Ruling {
  const policy = before?.state.permissions === state.permissions ? before.policy : policyOf(state)
  const readers = before?.guardrails === guardrails ? before.readers : indexReaders(guardrails)
  return { state, policy, guardrails, readers, controlOffset }
}

const NONE: readonly Guardrail[] = []

function policyOf({ permissions }: ControlState): Policy {
  const explicit = [...permissions.values()].map((record) => ({ ...record, origin: 'explicit' as const }))
  return compilePolicy(explicit, BUILTIN_PERMISSIONS)
}
