import { isJsonObject, type Message, replaceMember } from '@sallyport/jsonrpc'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { type SealingRounds, UPSTREAM_STATE_MS } from '../rounds/sealed-state.ts'

/**
 * The state of a multi round-trip request goes out sealed. Nobody else can go on with it, even if the upstream checks
 * nothing.
 */
export function sealRequestState(
  { states, clock }: SealingRounds,
  { call, round }: McpExchange,
  message: Message,
  text: string,
): string {
  if (call.era !== 'stateless' || message.kind !== 'response') return text
  if (!('result' in message) || !isJsonObject(message.result)) return text
  const { resultType, requestState } = message.result
  if (resultType !== 'input_required' || typeof requestState !== 'string') return text
  const until = new Date(clock().getTime() + UPSTREAM_STATE_MS).toISOString()
  const number = (round?.number ?? 0) + 1
  const state = {
    requestState,
    inputResponses: null,
    action: call.recordedAction,
    until,
    number,
    shown: false,
    held: null,
  }
  return replaceMember(text, ['result', 'requestState'], JSON.stringify(states.seal(call, state)))
}
