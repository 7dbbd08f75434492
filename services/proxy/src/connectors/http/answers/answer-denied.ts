import type { Guidance } from '../../../domain/guidance.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import { denialProblem } from './problems.ts'

/** Tells the agent that its request is refused. Nothing of it went upstream. */
export function answerDenied(
  { call, answer }: Pick<HttpExchange, 'call' | 'answer'>,
  verdict: ActionVerdict,
  guidance?: Guidance,
): void {
  const { status, fields, text } = denialProblem(call, verdict, guidance)
  answer.whole(status, fields, text)
}
