import type { RejectionKind } from './rejection.ts'
import type { ApprovalsState } from './state.ts'
import type { ApprovalStatus } from './status.ts'

/** What came of an intent when its turn came. */
export type ApprovalOutcome = {
  /** The approval it came to: for a request that attached, the one that was open already. */
  readonly approvalId: string
  /** Its status after the event; null when the event is about none. */
  readonly status: ApprovalStatus | null
  /**
   * Approvals that this event changed: their status, their votes, or what has become of their clocks. An intent that
   * came too late is rejected and may still expire one.
   */
  readonly changed: readonly string[]
} & (
  | { readonly accepted: true; readonly attached: boolean }
  | { readonly accepted: false; readonly kind: RejectionKind; readonly reason: string }
)

export interface Evolved {
  readonly state: ApprovalsState
  readonly outcome: ApprovalOutcome
}
