import { shownTime } from '../shown-time.ts'

interface Ended {
  readonly status: string
  readonly expiresAt: string
  readonly usableUntil?: string | null
  readonly answeredBy: string | null
  readonly answerReason: string | null
  readonly cancellation?: { readonly actor: { readonly name: string }; readonly reason: string } | null
  readonly endedAt?: string | null
}

/** How an approval ended, or until when it waits: `by dana (looks right)`, `unanswered`, `until 2026-… 14:32:01+01:00`. */
export function approvalOutcome(approval: Ended): string {
  const { status, expiresAt, usableUntil, cancellation, endedAt } = approval
  switch (status) {
    case 'pending':
      return `waits until ${shownTime(expiresAt)}`
    case 'approved':
      return `${answered(approval)}${usableUntil ? `, usable until ${shownTime(usableUntil)}` : ''}`
    case 'denied':
      return answered(approval)
    case 'consumed':
      return `approved ${answered(approval)}${endedAt ? `, used ${shownTime(endedAt)}` : ', used'}`
    case 'lapsed':
      return `approved ${answered(approval)}, not used in time`
    case 'expired':
      return 'unanswered'
    case 'cancelled':
    case 'revoked':
      return cancellation ? `by ${cancellation.actor.name} (${cancellation.reason})` : ''
    default:
      return ''
  }
}

function answered({ answeredBy, answerReason }: Ended): string {
  return `by ${answeredBy ?? 'nobody'}${answerReason ? ` (${answerReason})` : ''}`
}
