/** pending → approved, denied, expired, cancelled; approved → consumed, lapsed, revoked. */
export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'consumed',
  'lapsed',
  'revoked',
] as const

export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number]
