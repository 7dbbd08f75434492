import { pendingFacts } from '../../../domain/denial-facts.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { nobodyText, whereToAnswer } from '../../../governing/hold/where-to-answer.ts'
import type { Field } from '../headers/field.ts'
import type { HttpCall } from '../message/http-call.ts'
import type { OwnAnswer } from './problems.ts'

/** The facts for a caller whose approval nobody has answered yet. */
export interface Pending {
  readonly approvalId: string | null
  /** The address where a person answers it; null when none is configured. */
  readonly url: string | null
  readonly why: string
}

/** How soon a client that is held is to ask again. */
const RETRY_SECONDS = 5

/** Names the approval, so that a program tells this 202 from one of the upstream's, and repeats the request with it. */
export const APPROVAL_HEADER = 'sallyport-approval'

/** The request waits for a person: nothing was sent upstream, and the same request attaches to the approval. */
export function pendingAnswer(
  call: HttpCall,
  held: ActionVerdict,
  { approvalId, url, why }: Pending,
): OwnAnswer {
  const { method, waitSeconds } = call
  const where =
    approvalId === null ? 'The approval could not be requested yet.' : whereToAnswer(approvalId, url)
  const again = `Repeat the same ${method} to go on; with "Prefer: wait=N" it waits.`
  const message = `${why} ${where} Nothing was sent to ${call.upstream.name}. ${nobodyText(held) ?? again}`
  const fields: readonly Field[] = [
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
    ['retry-after', String(RETRY_SECONDS)],
    ...(url === null ? [] : [['location', url] as const]),
    ...(approvalId === null ? [] : [[APPROVAL_HEADER, approvalId] as const]),
    ...(waitSeconds === null ? [] : [['preference-applied', `wait=${waitSeconds}`] as const]),
  ]
  const retryAfterMs = RETRY_SECONDS * 1000
  const facts = pendingFacts(call, held, { message, approvalId, approvalUrl: url, retryAfterMs })
  return { status: 202, fields, text: JSON.stringify(facts) }
}
