import type { Interruption } from '../../../governing/hold/waiting.ts'
import { pendingBody } from '../answers/answers.ts'
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
): void {
  if (call.id === null) return
  const url = approvalId === null ? null : parts.approvalUrl(approvalId)
  answer.message(200, pendingBody(call, call.id, { approvalId, url, why: WHY[by] }))
}
