import type { Approval } from '../api/types.ts'
import { visible } from '../parts/visible.ts'

const ENDED: Readonly<Record<string, string>> = {
  approved: 'Approved. The call goes on if its agent is still waiting, or when it is made again.',
  consumed: 'Approved and carried out, once.',
  denied: 'Denied. The agent has been told.',
  expired: 'Nobody answered in time, so it was denied.',
  cancelled: 'It is not needed any more.',
  lapsed: 'It was approved and not used in time.',
  revoked: 'The approval was taken back before it was used.',
}

/** What a status is called. */
export const statusWord = (status: Approval['status']): string => (status === 'consumed' ? 'used' : status)

/** In one sentence what somebody asks for. */
export function askedIn({ gateway, tool, action, upstream }: Approval): string {
  return visible(`${gateway.name} asks to ${tool === null ? 'do' : 'call'} ${tool ?? action} on ${upstream}`)
}

/** What became of it, line by line. */
export function outcomeOf(approval: Approval): readonly string[] {
  const { status, answeredBy, answerReason, answerUnseen, cancellation } = approval
  const lines = [ENDED[status] ?? status]
  if (answeredBy !== null) lines.push(`By ${answeredBy}${answerReason === null ? '.' : `: ${answerReason}`}`)
  if (answerUnseen !== undefined) lines.push(`Not on their screen: ${answerUnseen.join(', ')}`)
  if (cancellation !== null) lines.push(cancellation.reason)
  return lines.map(visible)
}
