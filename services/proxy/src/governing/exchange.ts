import type { Action } from '../domain/action.ts'
import type { Edited } from '../domain/edited.ts'
import type { Evidence } from '../domain/records.ts'

/** The agent who waits for the answer to an action, as governing sees it. */
export interface Caller {
  /** Called once when the agent hangs up before the answer was complete. */
  onGone: (() => void) | undefined
  /** Whether the agent hung up. */
  readonly gone: boolean
}

/** One action that is under way, and the agent who waits for its answer. Connectors add what their protocol needs. */
export interface Exchange<A extends Action = Action> {
  readonly call: A
  readonly evidence: Evidence
  readonly answer: Caller
  /** Set where `call` has the arguments of a person in the place of those that the agent sent. */
  readonly edited?: Edited
}
