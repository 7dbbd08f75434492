import { isJsonObject, type JsonValue, RPC_CODES } from '@sallyport/jsonrpc'
import { type DecisionInput, LONGEST_URI, NO_ARGUMENTS } from '@sallyport/policy'
import { type ActionVerdict, refusalVerdict } from '../../../domain/verdict.ts'
import type { DeciderNeeds } from '../../../governing/decider.ts'
import { decisionInput } from '../../../governing/decision-input.ts'
import { PASS_REQUEST, type Passing, type RequestStep } from '../../../governing/request-phases.ts'
import type { UpstreamCatalogs } from '../catalog/upstream-catalogs.ts'
import { useOf } from '../catalog/visibility.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { isListen, type McpCall } from '../message/call.ts'
import { editCall } from '../message/edit-call.ts'

const PATH = ['params', 'notifications', 'resourceSubscriptions'] as const
/** Each is an input to be judged. */
const MOST = 256
/** Of all of them, in UTF-16 code units: each is read in every way that servers may read it. */
const MOST_CHARACTERS = 65_536

/** The parts that judging the resources of a subscription needs. */
export interface Hearing extends Pick<DeciderNeeds, 'decision' | 'control' | 'clock'> {
  readonly catalog: Pick<UpstreamCatalogs, 'of'>
}

/** Whether it asks to be told of resources by their URIs, each of which is an action like `resources/subscribe`. */
export function namesResources({ call }: Pick<McpExchange, 'call'>): boolean {
  return isListen(call) && named(call) !== undefined
}

/**
 * Leaves out of a subscription each resource that is denied or held for the agent. The server tells the client which
 * part of its request is honoured (MCP 2026-07-28, Subscriptions). The record has what was asked for; the reason says
 * that not all of it is passed on.
 */
export async function narrowSubscription(
  hearing: Hearing,
  { exchange, verdict }: Passing<McpExchange>,
): Promise<RequestStep<McpExchange>> {
  const { call } = exchange
  const uris = named(call)
  if (!isListOfTexts(uris)) return refused('must be a list of URIs', verdict)
  if (uris.length > MOST) return refused(`may name ${MOST} resources at most`, verdict)
  if (uris.reduce((sum, uri) => sum + uri.length, 0) > MOST_CHARACTERS)
    return refused(`may have ${MOST_CHARACTERS} characters in all`, verdict)
  const mayBeHeard = await mayHear(hearing, exchange, uris)
  const kept = uris.filter((_, at) => mayBeHeard[at])
  if (kept.length === uris.length) return PASS_REQUEST
  const edited = editCall(call, [{ path: PATH, text: JSON.stringify(kept) }])
  const reason = `left out: ${uris.length - kept.length} resources that this gateway may not subscribe to`
  return {
    step: 'change',
    to: {
      exchange: { ...exchange, call: edited },
      verdict: { ...verdict, reasons: [...verdict.reasons, reason] },
    },
  }
}

/** All asked for at once. A fault is a no. */
async function mayHear(
  { control, decision, clock, catalog }: Hearing,
  exchange: McpExchange,
  uris: readonly string[],
): Promise<boolean[]> {
  const listen = decisionInput(control, exchange, null, clock())
  const known = catalog.of(exchange.call.upstream)
  const named = uris.map((uri) => uri.length <= LONGEST_URI)
  const inputs = uris.flatMap((uri, at): DecisionInput[] =>
    named[at] ? [{ ...useOf(listen, known, 'resource', uri, 'subscribe'), arguments: NO_ARGUMENTS }] : [],
  )
  try {
    const verdicts = (await decision.decideMany(inputs)).values()
    return named.map((isNamed) => isNamed && verdicts.next().value?.outcome === 'allow')
  } catch {
    return uris.map(() => false)
  }
}

function named({ message }: McpCall): JsonValue | undefined {
  const params = message?.kind === 'request' ? (message.params as JsonValue | undefined) : undefined
  const filter = isJsonObject(params) ? params['notifications'] : undefined
  return isJsonObject(filter) ? filter['resourceSubscriptions'] : undefined
}

function isListOfTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function refused(what: string, basis: ActionVerdict): RequestStep<McpExchange> {
  const message = `params.notifications.resourceSubscriptions ${what}`
  const refusal = { status: 400, code: RPC_CODES.invalidParams, message }
  return { step: 'refuse', verdict: refusalVerdict(refusal, basis) }
}
