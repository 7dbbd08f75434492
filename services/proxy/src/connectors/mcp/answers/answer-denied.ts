import { errorResponse, RPC_CODES } from '@sallyport/jsonrpc'
import { denialFacts } from '../../../domain/denial-facts.ts'
import type { Guidance } from '../../../domain/guidance.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { toldBody } from './answers.ts'

/**
 * Tells the agent that its call is refused, in the form that its kind of call understands. `structured`: whether its
 * client takes structured content with an error.
 */
export function answerDenied(
  { call, answer }: Pick<McpExchange, 'call' | 'answer'>,
  verdict: ActionVerdict,
  guidance: Guidance | undefined,
  structured: boolean,
): void {
  const facts = denialFacts(call, verdict, guidance)
  if (verdict.refusal !== undefined) {
    const { status, code, message, data } = verdict.refusal
    // The members that the specification has for this error stand beside ours.
    answer.message(status, errorResponse(call.id, code, message, { ...facts, ...data }))
    return
  }
  switch (call.kind) {
    case 'request':
      // A 403 would look like a broken transport: a denial is an answer.
      if (call.id !== null) answer.message(200, toldBody(call, call.id, facts, structured))
      return
    case 'notification':
    case 'response':
      // Nobody waits for an answer: it is dropped, and the record says so.
      answer.empty(202)
      return
    case 'unknown':
      answer.message(400, errorResponse(null, RPC_CODES.invalidRequest, facts.message, { ...facts }))
      return
    case 'stream':
    case 'session_end':
      // Clients take a 405 as "not offered" and go on.
      answer.empty(verdict.fault === null ? 405 : 503, { allow: 'POST' })
  }
}
