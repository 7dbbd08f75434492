import { resultResponse } from '@sallyport/jsonrpc'
import { type DecisionInput, lessSpecificOf, type Outcome, riskOf } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import type { Released } from '../../../governing/connector.ts'
import { ForwardingRecord } from '../../../governing/record/forwarding-record.ts'
import type { Recording } from '../../../governing/record/record-decision.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import { useOf } from '../catalog/visibility.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { readWish, type Wish } from './access-tool.ts'

export interface AnsweringAccess {
  readonly recording: Recording
  readonly decision: DecisionPoint
  readonly catalog: Pick<UpstreamCatalogs, 'of'>
}

/**
 * Tells an agent that a person has approved its request for access. The approval itself permits nothing, so the agent
 * hears whether what it wants is permitted now, as the decision service judges it.
 */
export async function answerAccess(parts: AnsweringAccess, released: Released<McpExchange>): Promise<void> {
  const { exchange, verdict, resumption } = released
  const { call, answer } = exchange
  const record = new ForwardingRecord(parts.recording, call, verdict, resumption)
  const wish = readWish(call.canonical)
  if (call.id === null || typeof wish === 'string' || answer.gone) {
    record.aborted('the agent went away')
    return
  }
  const now = await permittedNow(parts, released, wish)
  const text = `${verdict.reasons[0] ?? 'a person approved it'}. ${TEXTS[now]}`
  const facts = {
    approvalId: verdict.approvalId,
    answeredBy: verdict.answeredBy,
    wish: wish.action ?? wish.tool,
    upstream: wish.upstream ?? call.upstream.name,
    permittedNow: now,
  }
  const members = call.era === 'stateless' ? { resultType: 'complete' } : {}
  const result = { ...members, content: [{ type: 'text', text }], structuredContent: facts }
  const body = resultResponse(call.id, result)
  record.responseBytes = Buffer.byteLength(body)
  answer.message(200, body)
  record.completed({ outcome: 'ok', errorCode: null }, 0)
}

type Now = 'yes' | 'with_a_person' | 'no' | 'unknown'

const NOWS: Readonly<Record<Outcome, Now>> = { allow: 'yes', hold: 'with_a_person', deny: 'no' }

const TEXTS: Readonly<Record<Now, string>> = {
  yes: 'You may use it now.',
  with_a_person: 'You may use it now, and a person is asked about each use.',
  no: 'This records the wish and permits nothing by itself: it is still denied. Go on with something else until a person tells you that it is permitted; asking again does not help.',
  unknown:
    'This records the wish and permits nothing by itself. Try it once when a person tells you that it is permitted; asking again does not help.',
}

async function permittedNow(
  { decision, catalog }: AnsweringAccess,
  { exchange: { call }, input }: Released<McpExchange>,
  { tool, action, upstream }: Wish,
): Promise<Now> {
  if (upstream !== null && upstream !== call.upstream.name) return 'unknown'
  const asked = { ...input(), tool: null }
  const use =
    tool === null ? otherUse(asked, action ?? '') : useOf(asked, catalog.of(call.upstream), 'tool', tool)
  try {
    const [verdict] = await decision.decideMany([use])
    if (verdict === undefined || verdict.fault !== null || verdict.needs !== null) return 'unknown'
    return NOWS[verdict.outcome]
  } catch {
    return 'unknown'
  }
}

function otherUse(asked: DecisionInput, action: string): DecisionInput {
  const names = { action, recordedAction: action, lessSpecific: lessSpecificOf(action) }
  return { ...asked, ...names, risk: riskOf(action), findings: [] }
}
