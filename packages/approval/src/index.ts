export * from './approval.ts'
export { argumentsDigest } from './arguments-digest.ts'
export * from './call-digest.ts'
export * from './evolve.ts'
export * from './grants/grant.ts'
export { openGrants } from './grants/put-grant.ts'
export * from './outcome.ts'
export type { Rejection, RejectionKind } from './rejection.ts'
export {
  type ApprovalsState,
  DEFAULT_RETENTION,
  initialState,
  openApproval,
  type Retention,
} from './state.ts'
export { APPROVAL_STATUSES, type ApprovalStatus } from './status.ts'
export { countsAs, deniesAs, mayEdit, openSelectors } from './who-counts.ts'
