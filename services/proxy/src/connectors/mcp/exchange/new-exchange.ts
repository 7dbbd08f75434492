import type { KeyObject } from 'node:crypto'
import { inspectAction } from '../../../governing/inspect-action.ts'
import type { Answer } from '../answers/answer.ts'
import type { PassedHeaders } from '../forwarding/upstream-headers.ts'
import type { McpCall } from '../message/call.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import { upstreamIdOf } from '../rewrite/request-ids.ts'
import type { McpExchange } from './mcp-exchange.ts'

/** A call that has arrived, and who waits for its answer. */
export function newExchange(
  parts: WithIds & { readonly digestKey: KeyObject },
  call: McpCall,
  answer: Answer,
  passed: PassedHeaders,
): McpExchange {
  return {
    call,
    evidence: inspectAction(call, parts.digestKey),
    answer,
    passed,
    upstreamId: upstreamIdOf(parts, call),
    declared: [],
    progressSent: 0,
    round: null,
    task: null,
  }
}
