import type { ControlState } from '../state.ts'
import type { Guardrail } from './guardrails.ts'

/**
 * The guardrails that a control state puts in force. While these are the same it returns the same list, which is not
 * compiled again then.
 */
export type GuardrailsOf = (state: ControlState) => readonly Guardrail[]

const NONE: readonly Guardrail[] = []

/** Every decision point asks here unless it is told otherwise. No event sets a guardrail yet, so there are none. */
export const guardrailsInForce: GuardrailsOf = () => NONE
