import { pendingFacts } from '../../../domain/denial-facts.ts'
import type { Denial } from '../../../domain/denial-shape.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { nobodyText, whereToAnswer } from '../../../governing/hold/where-to-answer.ts'
import type { McpCall } from '../message/call.ts'
import type { Keeping } from './keeping.ts'

const NEEDS_A_PERSON = 'This call needs a person. Nobody has answered yet.'

/** What is known of a call that waits for a person. `why` is the first sentence of the words. */
export function waitingFacts(
  { approvalUrl }: Pick<Keeping, 'approvalUrl'>,
  call: McpCall,
  held: ActionVerdict,
  approvalId: string | null,
  why = NEEDS_A_PERSON,
): Denial {
  const url = approvalId === null ? null : approvalUrl(approvalId)
  const where =
    approvalId === null ? 'The approval could not be requested yet.' : whereToAnswer(approvalId, url)
  const again = `Then call ${call.tool ?? call.method} again with the same arguments.`
  const message = `${why} ${where} ${nobodyText(held) ?? again}`
  return pendingFacts(call, held, { message, approvalId, approvalUrl: url, retryAfterMs: 0 })
}
