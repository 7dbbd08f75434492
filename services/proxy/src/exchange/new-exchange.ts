import type { Call } from '../domain/call.ts'
import { evidenceOf } from '../domain/evidence.ts'
import type { PassedHeaders } from '../domain/upstream-headers.ts'
import type { Answer } from './answer.ts'
import type { Exchange, ProxyParts } from './parts.ts'
import { upstreamIdOf } from './request-ids.ts'

/** A call that has arrived, and who waits for its answer. */
export function newExchange(
  parts: Pick<ProxyParts, 'digestKey' | 'ids'>,
  call: Call,
  answer: Answer,
  passed: PassedHeaders,
): Exchange {
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
