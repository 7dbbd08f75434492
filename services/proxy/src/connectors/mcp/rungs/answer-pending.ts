import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { Interruption } from '../../../governing/hold/waiting.ts'
import { toldBody } from '../answers/answers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { Keeping } from './keeping.ts'
import { waitingFacts } from './waiting-facts.ts'

const WHY: Readonly<Record<Interruption, string>> = {
  gone: '',
  cancelled: 'The request was cancelled.',
  stopping: 'Sallyport is restarting.',
  budget: 'This call needs a person. Nobody has answered yet.',
  left: 'This call needs a person, and its client did not show them the approval.',
}

const NOBODY = 'This call needs a person.'

/** The last rung, which every client understands: the call is still pending, and repeating it attaches to the approval. */
export function answerPending(
  parts: Keeping,
  { call, answer }: McpExchange,
  by: Interruption,
  approvalId: string | null,
  held: ActionVerdict,
): void {
  if (call.id === null) return
  // The client that leaves because nobody can answer was not asked to show anything.
  const why = by === 'left' && held.unanswerable !== undefined ? NOBODY : WHY[by]
  const facts = waitingFacts(parts, call, held, approvalId, why)
  answer.message(200, toldBody(call, call.id, facts, parts.structured(call)))
}
