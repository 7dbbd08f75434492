import type { KeyObject } from 'node:crypto'
import { RPC_CODES } from '@sallyport/jsonrpc'
import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'
import { inspectAction } from '../../../governing/inspect-action.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { SealingRounds } from './sealed-state.ts'
import { takeBack } from './take-back.ts'

/**
 * The exchange as if there had been no round of ours: the same call has the same digest, and so attaches to the same
 * approval. A refusal where the state is not ours to take back, or where the call is another one by now.
 */
export function resumeRound(
  parts: SealingRounds & { readonly digestKey: KeyObject },
  exchange: McpExchange,
): McpExchange | ProtocolRefusal {
  const taken = takeBack(parts.states, exchange.call, parts.clock())
  if (taken === undefined)
    return refused('requestState was changed, has expired, or was not given to this caller for this call')
  if (taken.call === exchange.call) return exchange
  const evidence = inspectAction(taken.call, parts.digestKey)
  const held = taken.round?.held ?? null
  if (held !== null && held.argsDigest !== evidence.argsDigest)
    return refused('the arguments are not those that requestState was given for')
  return { ...exchange, ...taken, evidence }
}

function refused(message: string): ProtocolRefusal {
  return { status: 400, code: RPC_CODES.invalidParams, message }
}
