import type { McpCall } from '../message/call.ts'
import type { SealingRounds } from '../rounds/sealed-state.ts'
import type { Tasks } from '../tasks/tasks.ts'
import type { Budgets } from './client-budgets.ts'

/** How long callers are kept, and how often they hear of it, in milliseconds. */
export interface KeepingTimes extends Budgets {
  readonly roundMs: number
  readonly maxRounds: number
  readonly commentMs: number
  readonly progressMs: number
}

/** The parts that keeping a caller needs while a person is asked. */
export interface Keeping extends SealingRounds {
  readonly hold: KeepingTimes
  readonly tasks: Tasks
  /** The address where a person answers this approval; null when none is configured. */
  readonly approvalUrl: (approvalId: string) => string | null
  /** Whether its client takes structured content with an error of this call. */
  readonly structured: (call: McpCall) => boolean
}
