import { answerDenied } from '../../connectors/mcp/answers/answer-denied.ts'
import { offeredFingerprint } from '../../connectors/mcp/catalog/used-definition.ts'
import type { McpExchange } from '../../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'
import { NotRecorded } from '../../domain/faults.ts'
import { abortedEvent, decidedEvent } from '../../domain/records.ts'
import { type ActionVerdict, faultDenial } from '../../domain/verdict.ts'

/**
 * Records a decision and waits until it is durable. False when it could not be: the agent has been told then, and
 * whatever the decision was, nothing goes upstream.
 */
export async function recordDecision(
  parts: ProxyParts,
  exchange: McpExchange,
  verdict: ActionVerdict,
  phase: 'initial' | 'resumed',
  toolDigest: string | null,
  since: number,
): Promise<boolean> {
  const { call, evidence } = exchange
  const judgement = {
    verdict,
    phase,
    toolDigest: toolDigest ?? offeredFingerprint(parts, call),
    decisionMs: performance.now() - since,
  }
  try {
    await parts.recorder.durable(decidedEvent(call, evidence, judgement, parts.clock()))
    parts.counters.decided(verdict.outcome)
    return true
  } catch (cause) {
    const fault = faultDenial(new NotRecorded({ cause }), verdict)
    parts.logger.error(
      { actionId: call.actionId, code: fault.fault },
      'denied: the decision was not recorded',
    )
    parts.counters.decided('deny')
    // The log may have taken it after all, and then must not read as if it had been carried out.
    const end = {
      stage: 'forwarding',
      reason: 'the log did not confirm the decision',
      durationMs: 0,
    } as const
    parts.recorder.later(abortedEvent(call, fault, end, parts.clock()))
    answerDenied(exchange, fault)
    return false
  }
}
