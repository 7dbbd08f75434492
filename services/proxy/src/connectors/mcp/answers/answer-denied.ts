import { errorResponse, RPC_CODES } from '@sallyport/jsonrpc'
import { denialText } from '../../../domain/denial-text.ts'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { denialBody, denialData } from './answers.ts'

/** Tells the agent that its call is refused, in the form that its kind of call understands. */
export function answerDenied(
  { call, answer }: Pick<McpExchange, 'call' | 'answer'>,
  verdict: ActionVerdict,
): void {
  if (verdict.refusal !== undefined) {
    const { status, code, message, data } = verdict.refusal
    answer.message(status, errorResponse(call.id, code, message, data))
    return
  }
  switch (call.kind) {
    case 'request':
      // A 403 would look like a broken transport: a denial is an answer.
      if (call.id !== null) answer.message(200, denialBody(call, call.id, verdict))
      return
    case 'notification':
    case 'response':
      // Nobody waits for an answer: it is dropped, and the record says so.
      answer.empty(202)
      return
    case 'unknown': {
      const text = denialText(call, verdict)
      answer.message(400, errorResponse(null, RPC_CODES.invalidRequest, text, denialData(call, verdict)))
      return
    }
    case 'stream':
    case 'session_end':
      // Clients take a 405 as "not offered" and go on.
      answer.empty(verdict.fault === null ? 405 : 503, { allow: 'POST' })
  }
}
