const ENDED = {
  approved: 'Approved. The call goes on if its agent is still waiting, or when it is made again.',
  consumed: 'Approved and carried out, once.',
  denied: 'Denied. The agent has been told.',
  expired: 'Nobody answered in time, so it was denied.',
  cancelled: 'It is not needed any more.',
  lapsed: 'It was approved and not used in time.',
  revoked: 'The approval was taken back before it was used.',
}

/**
 * The end of an approval, line by line; a reason in it may be an agent's or a stranger's words.
 *
 * @param {{ status: string, answeredBy: string | null, answerReason: string | null,
 *   answerUnseen?: readonly string[], cancellation: { reason: string } | null }} approval
 */
export function outcomeOf({ status, answeredBy, answerReason, answerUnseen, cancellation }) {
  const lines = [ENDED[status] ?? status]
  if (answeredBy !== null) lines.push(`By ${answeredBy}${answerReason === null ? '.' : `: ${answerReason}`}`)
  if (answerUnseen !== undefined) lines.push(`Not on their screen: ${answerUnseen.join(', ')}`)
  if (cancellation !== null) lines.push(cancellation.reason)
  return lines
}
