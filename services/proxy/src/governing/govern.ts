import { answerDenied } from '../connectors/mcp/answers/answer-denied.ts'
import type { McpExchange } from '../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import { prepare } from '../connectors/mcp/exchange/prepare.ts'
import { cancelledId, settleCancellation } from '../connectors/mcp/forwarding/cancellation.ts'
import { forward } from '../connectors/mcp/forwarding/forward.ts'
import type { McpCall } from '../connectors/mcp/message/call.ts'
import { answeredId } from '../connectors/mcp/rewrite/map-ids.ts'
import { resumeRound } from '../connectors/mcp/rounds/resume-round.ts'
import { answerTaskCall } from '../connectors/mcp/tasks/task-calls.ts'
import { ControlStale } from '../domain/faults.ts'
import type { ProtocolRefusal } from '../domain/protocol-refusal.ts'
import { type ActionVerdict, denial, faultDenial, limitDenial, refusalVerdict } from '../domain/verdict.ts'
import type { Credential } from '../reaching/credentials/credentials.ts'
import { decide } from './decide.ts'
import { holdCall } from './hold/hold-call.ts'
import { TooManyHolds } from './limits/errors.ts'
import { recordDecision } from './record/record-decision.ts'

/** The way of one action whose decision was asked for: record it, and only then deny, hold or forward. */
export async function govern(
  parts: ProxyParts,
  arrived: McpExchange,
  deciding: Promise<ActionVerdict>,
): Promise<void> {
  const asked =
    parts.tasks.named(arrived.call) === undefined ? arrived : await aboutTask(parts, arrived, await deciding)
  if (asked === null) return
  const resumed = resumeRound(parts, asked)
  if ('code' in resumed) await refuse(parts, asked, resumed)
  else await settle(parts, resumed, deciding)
}

/** Null where it has been answered. What breaks the rules of its revision is refused like any other call. */
async function aboutTask(
  parts: ProxyParts,
  exchange: McpExchange,
  decision: ActionVerdict,
): Promise<McpExchange | null> {
  if (decision.refusal !== undefined) return exchange
  return answerTaskCall(parts, exchange, (next) => govern(parts, next, decide(parts, next)))
}

async function refuse(parts: ProxyParts, exchange: McpExchange, refusal: ProtocolRefusal): Promise<void> {
  const verdict = refusalVerdict(refusal)
  if (await recordDecision(parts, exchange, verdict, 'initial', null, exchange.call.arrivedAt))
    answerDenied(exchange, verdict)
}

async function settle(
  parts: ProxyParts,
  asked: McpExchange,
  deciding: Promise<ActionVerdict>,
): Promise<void> {
  const decided = await deciding
  const prepared =
    decided.outcome === 'deny' ? { exchange: asked, decision: decided } : await prepare(parts, asked, decided)
  if ('code' in prepared) return refuse(parts, asked, prepared)
  const { exchange, decision } = prepared
  const { call } = exchange
  const credential = credentialFor(parts, call, decision)
  const found = credential instanceof Promise ? await credential : credential
  const verdict = ownRefusal(parts, call, decision, found) ?? decision
  if (verdict.outcome === 'hold') {
    await hold(parts, exchange, verdict)
    return
  }
  if (!(await recordDecision(parts, exchange, verdict, 'initial', null, call.arrivedAt))) return
  if (verdict.outcome === 'deny') {
    answerDenied(exchange, verdict)
    return
  }
  const cancelled = cancelledId(call)
  const told = cancelled === undefined ? exchange : settleCancellation(parts, exchange, cancelled)
  if (told === null) exchange.answer.empty(202)
  else await forward(parts, told, verdict)
}

async function hold(parts: ProxyParts, exchange: McpExchange, verdict: ActionVerdict): Promise<void> {
  const { call } = exchange
  try {
    const recorded = await recordDecision(parts, exchange, verdict, 'initial', null, call.arrivedAt)
    if (recorded) await holdCall(parts, exchange, verdict)
  } finally {
    parts.holds.leavePlace(call.gateway.id)
  }
}

/** Looked for before the decision is recorded: what cannot be had makes it a denial. */
function credentialFor({ credentials }: ProxyParts, call: McpCall, { outcome }: ActionVerdict) {
  return outcome === 'deny' ? NO_CREDENTIAL : credentials.find(call)
}

const NO_CREDENTIAL: Credential = { header: null }

/**
 * What the proxy refuses by itself of what the decision service let pass: for a fault, by the protocol or at a limit.
 * A hold that stays one has its place.
 */
function ownRefusal(
  parts: ProxyParts,
  call: McpCall,
  verdict: ActionVerdict,
  credential: Credential,
): ActionVerdict | undefined {
  const { config, control, holds } = parts
  if (verdict.outcome === 'deny') return undefined
  const stale = control.fault()
  if (stale !== undefined) return faultDenial(new ControlStale({ cause: new Error(stale) }), verdict)
  if ('fault' in credential) return faultDenial(credential.fault, verdict)
  if (call.kind === 'response' && answeredId(parts, call) === undefined)
    return denial('protocol', 'session', 'it answers nothing that was asked in this session', verdict)
  if (verdict.outcome === 'allow') return undefined
  if (call.kind !== 'request')
    return denial(
      'protocol',
      verdict.rule,
      'it needs a person, and what has no answer cannot wait for one',
      verdict,
    )
  if (!holds.takePlace(call.gateway.id))
    return limitDenial(new TooManyHolds(config.hold.maxPerGateway), verdict)
  return undefined
}
