import type { ControlState, Gateway, Upstream } from '@sallyport/control'
import { decodeJson, sortedText } from '@sallyport/jsonrpc'
import {
  type DecisionInput,
  type InputArguments,
  lessSpecificOf,
  NO_ARGUMENTS,
  namedThingIn,
  recordedAction,
  resourceIn,
  riskOf,
  type UsedTool,
} from '@sallyport/policy'

export interface TestedAction {
  readonly gateway: Gateway
  readonly upstream: Upstream
  readonly action: string
  /** JSON text. */
  readonly arguments: string | null
}

/**
 * The input that a proxy would ask with for such a call, as far as it can be told without one. What is used of the
 * upstream's offers is taken as the catalog has it. Throws where the arguments are not strict JSON.
 */
export function testedInput(
  state: ControlState,
  { gateway, upstream, action, arguments: text }: TestedAction,
  { tenant, time }: { readonly tenant: string; readonly time: number },
): { readonly input: DecisionInput; readonly notes: readonly string[] } {
  const { tool, note } = usedOf(state, upstream, action)
  const input: DecisionInput = {
    tenant,
    gatewayId: gateway.id,
    gateway: gateway.name,
    gatewayCredential: null,
    connector: upstream.connector,
    upstream: upstream.name,
    upstreamDigest: null,
    action,
    recordedAction: recordedAction(action),
    lessSpecific: lessSpecificOf(action),
    risk: riskOf(action),
    arguments: argumentsOf(text),
    tool,
    session: null,
    client: null,
    revision: null,
    transport: 'http',
    findings: [],
    approvers: [],
    time,
    controlOffset: 0,
  }
  return { input, notes: note === null ? [] : [note] }
}

function argumentsOf(text: string | null): InputArguments {
  return text === null ? NO_ARGUMENTS : { text: sortedText(decodeJson(text).canonical) }
}

/** A kind of which no list was seen is not judged by the catalog: its first list will be accepted as it is. */
function usedOf(
  { catalogs }: ControlState,
  { name, connector }: Upstream,
  action: string,
): { readonly tool: UsedTool | null; readonly note: string | null } {
  if (connector !== 'mcp') return { tool: null, note: null }
  const resource = resourceIn(action)
  const used =
    resource === undefined ? namedThingIn(action) : ({ kind: 'resource', name: resource.uri } as const)
  if (used === undefined) return { tool: null, note: null }
  const catalog = catalogs.get(name)
  if (catalog === undefined || !catalog.listed.has(used.kind)) {
    const note = `no list of the ${used.kind}s of ${name} has been seen yet, so the catalog was not asked`
    return { tool: null, note }
  }
  const definition = catalog.offered[used.kind].get(used.name)?.offered?.fingerprint ?? null
  return { tool: { kind: used.kind, key: used.name, definition, listed: true }, note: null }
}
