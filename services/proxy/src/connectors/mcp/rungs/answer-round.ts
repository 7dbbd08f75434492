import { resultResponse } from '@sallyport/jsonrpc'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import { denialMeta } from '../answers/answers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { HELD_STATE_MS, type Round } from '../rounds/sealed-state.ts'
import { APPROVAL_INPUT, underneath } from '../rounds/take-back.ts'
import type { Keeping } from './keeping.ts'
import { waitingFacts } from './waiting-facts.ts'

/** The request that the client shows its user. */
export interface Shown {
  readonly url: string
  readonly message: string
}

/** Asks the client to call again (2026-07-28, multi round-trip requests): it does so by itself, and attaches. */
export function answerRound(
  keeping: Keeping,
  { call, evidence, answer }: McpExchange,
  round: Round,
  approvalId: string | null,
  held: ActionVerdict,
  shown?: Shown,
): void {
  if (call.id === null) return
  const { states, clock } = keeping
  const requestState = states.seal(call, {
    ...underneath(call),
    action: call.recordedAction,
    until: new Date(clock().getTime() + HELD_STATE_MS).toISOString(),
    ...round,
    held: { argsDigest: evidence.argsDigest, approvalId },
  })
  const elicitation = { method: 'elicitation/create', params: { mode: 'url', ...shown } }
  const inputRequests = shown === undefined ? {} : { inputRequests: { [APPROVAL_INPUT]: elicitation } }
  const _meta = denialMeta(waitingFacts(keeping, call, held, approvalId))
  const result = { resultType: 'input_required', ...inputRequests, requestState, _meta }
  answer.message(200, resultResponse(call.id, result))
}
