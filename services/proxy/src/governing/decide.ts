import type { UsedTool } from '@sallyport/policy'
import { offerOf } from '../connectors/mcp/catalog/offers.ts'
import type { McpExchange } from '../connectors/mcp/exchange/mcp-exchange.ts'
import type { ProxyParts } from '../connectors/mcp/exchange/parts.ts'
import { type MirroredFields, statelessRefusal } from '../connectors/mcp/stateless/mirrored-headers.ts'
import { DecisionFailed, ToolsUnlisted } from '../domain/faults.ts'
import { type ActionVerdict, faultDenial, judged, refusalVerdict } from '../domain/verdict.ts'
import { withArguments } from './decision-input.ts'
import { inputNow } from './input-now.ts'

type Asked = Pick<McpExchange, 'call' | 'evidence'>
type Asking = Pick<ProxyParts, 'catalog' | 'control' | 'decision' | 'clock'>

/**
 * Asks the decision service about a call. An answer that is not one is a denial that says so; about what breaks the
 * rules of its revision nobody is asked. `mirrored` is null where the agent's transport has no header fields.
 */
export async function decide(
  parts: Asking,
  asked: Asked,
  mirrored: MirroredFields | null = null,
): Promise<ActionVerdict> {
  const { call } = asked
  const refusal = call.era === 'stateless' ? statelessRefusal(call.message, mirrored) : undefined
  if (refusal !== undefined) return refusalVerdict(refusal)
  try {
    const first = await ask(parts, asked)
    const tool = first.input?.tool ?? null
    if (tool === null) return first
    // The upstream has said that its list is another one, and it is being read again.
    const changing = first.outcome === 'deny' ? undefined : parts.catalog.changing(call.upstream, tool.kind)
    if (changing !== undefined) await changing
    const verdict = changing === undefined ? first : await ask(parts, asked)
    return verdict.needs === 'listing' ? await askWithList(parts, asked, tool, verdict) : verdict
  } catch (cause) {
    return faultDenial(new DecisionFailed({ cause }))
  }
}

/** What was never listed is looked for once, in the caller's session, before it counts as unknown. */
async function askWithList(
  parts: Asking,
  asked: Asked,
  { kind }: UsedTool,
  verdict: ActionVerdict,
): Promise<ActionVerdict> {
  const list = await parts.catalog.listLately(asked.call, offerOf(kind))
  return list === undefined ? faultDenial(new ToolsUnlisted(), verdict) : ask(parts, asked, true)
}

/** With the arguments only where the decision service says that a rule in force reads them. */
async function ask(parts: Asking, asked: Asked, listed = false): Promise<ActionVerdict> {
  const input = inputNow(parts, asked, listed)
  const verdict = await parts.decision.decide(input)
  if (verdict.needs !== 'arguments') return judged(verdict, input)
  const whole = withArguments(input, asked.call)
  return judged(await parts.decision.decide(whole), whole)
}
