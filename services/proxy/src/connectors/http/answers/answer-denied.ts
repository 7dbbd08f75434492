import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import { denialProblem } from './problems.ts'

/** Tells the agent that its request is refused. Nothing of it went upstream. */
export function answerDenied(
  { call, answer }: Pick<HttpExchange, 'call' | 'answer'>,
  verdict: ActionVerdict,
): void {
  const { status, fields, text } = denialProblem(call, verdict)
  answer.whole(status, fields, text)
}
