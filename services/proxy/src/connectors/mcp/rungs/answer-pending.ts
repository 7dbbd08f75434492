import { pendingFacts } from '../../../domain/denial-facts.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { Interruption } from '../../../governing/hold/waiting.ts'
import { whereToAnswer } from '../../../governing/hold/where-to-answer.ts'
import { toldBody } from '../answers/answers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Keeping } from './keeping.ts'

const WHY: Readonly<Record<Interruption, string>> = {
  gone: '',
  cancelled: 'The request was cancelled.',
  stopping: 'Sallyport is restarting.',
  budget: 'This call needs a person. Nobody has answered yet.',
  left: 'This call needs a person, and its client did not show them the approval.',
}

/** The last rung, which every client understands: the call is still pending, and repeating it attaches to the approval. */
export function answerPending(
  parts: Keeping,
  { call, answer }: McpExchange,
  by: Interruption,
  approvalId: string | null,
  held: ActionVerdict,
): void {
  if (call.id === null) return
  const url = approvalId === null ? null : parts.approvalUrl(approvalId)
  const where =
    approvalId === null ? 'The approval could not be requested yet.' : whereToAnswer(approvalId, url)
  const message = `${WHY[by]} ${where} Then call ${call.tool ?? call.method} again with the same arguments.`
  const facts = pendingFacts(call, held, { message, approvalId, approvalUrl: url, retryAfterMs: 0 })
  answer.message(200, toldBody(call, call.id, facts, parts.structured(call)))
}
