import { evidenceOf } from '../../../domain/evidence.ts'
import type { Answer } from '../answers/answer.ts'
import type { PassedHeaders } from '../forwarding/upstream-headers.ts'
import type { McpCall } from '../message/call.ts'
import { upstreamIdOf } from '../rewrite/request-ids.ts'
import type { McpExchange } from './mcp-exchange.ts'
import type { ProxyParts } from './parts.ts'

/** A call that has arrived, and who waits for its answer. */
export function newExchange(
  parts: Pick<ProxyParts, 'digestKey' | 'ids'>,
  call: McpCall,
  answer: Answer,
  passed: PassedHeaders,
): McpExchange {
  return {
    call,
    evidence: evidenceOf(call, parts.digestKey),
    answer,
    passed,
    upstreamId: upstreamIdOf(parts, call),
    declared: [],
    progressSent: 0,
    round: null,
    task: null,
  }
}
