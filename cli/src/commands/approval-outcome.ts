import { shownTime } from '../shown-time.ts'
import { type Staged, stagesText, votersText } from './approval-stages.ts'

interface Ended extends Staged {
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
      return waits(approval, expiresAt)
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

/** What it waits for, and why nobody can give it. */
function waits(approval: Ended, expiresAt: string): string {
  const stages = stagesText(approval)
  const cannot = approval.unanswerable ? `; nobody can approve it: ${approval.unanswerable}` : ''
  return `waits until ${shownTime(expiresAt)}${stages === '' ? '' : ` for ${stages}`}${cannot}`
}

function answered(approval: Ended): string {
  const { status, answeredBy, answerReason } = approval
  const by = (status !== 'denied' && votersText(approval)) || (answeredBy ?? 'nobody')
  return `by ${by}${answerReason ? ` (${answerReason})` : ''}`
}
