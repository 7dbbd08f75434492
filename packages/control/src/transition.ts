import type { ControlOutcome, ControlState } from './state.ts'

/** The state after an event, and what came of it. One that is rejected, or says nothing new, leaves the very same state. */
export interface Transition {
  readonly state: ControlState
  readonly outcome: ControlOutcome
}

export function accept(state: ControlState, change: Partial<ControlState>, subject: string): Transition {
  return { state: { ...state, ...change }, outcome: { accepted: true, subject, repeated: false } }
}

export function reject(
  state: ControlState,
  kind: 'conflict' | 'not_found' | 'mismatch',
  reason: string,
): Transition {
  return { state, outcome: { accepted: false, kind, reason } }
}

export function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value)
}

export function withoutEntry<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const rest = new Map(map)
  rest.delete(key)
  return rest
}
