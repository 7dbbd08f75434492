import {
  type ActionRequest,
  type DecisionInput,
  type Evaluation,
  judgeByPermissions,
  type Verdict,
} from '@sallyport/policy'
import type { ControlState } from '../state.ts'
import { judgeByGuardrails } from './guardrails.ts'
import { judgeApprovers } from './judge-approvers.ts'
import { judgeByCatalog } from './judge-catalog.ts'
import { judgeParty } from './judge-party.ts'
import type { Ruling } from './ruling.ts'

/**
 * The whole verdict on one action, from its input and the rules in force: kill switch, gateway and upstream, permissions,
 * catalog, guardrails, and the approvers where it was approved. Each can only make it stricter. The same input
 * and ruling give the same verdict, always.
 */
export function judge(ruling: Ruling, input: DecisionInput): Verdict {
  const { state, guardrails } = ruling
  const permitted = judgePermitted(ruling, input)
  if (permitted.outcome === 'deny') return permitted
  const { tool } = input
  const offered =
    tool === null ? permitted : judgeByCatalog(state.catalogs.get(input.upstream), input, tool, permitted)
  if (offered.outcome === 'deny') return offered
  const guarded = guardrails.length === 0 ? offered : judgeByGuardrails(guardrails, input, offered)
  return judgeApprovers(state, input, guarded)
}

/** Every permission that covers the action: the one that decides, then those that would in its place. */
export function permissionsAbout({ state, policy }: Ruling, input: DecisionInput): readonly Evaluation[] {
  return policy.forGateway(input.gatewayId).rank(requestOf(state, input))
}

function requestOf(state: ControlState, input: DecisionInput): ActionRequest {
  const { gateway, gatewayId, connector, upstream, action, recordedAction, lessSpecific } = input
  // Permissions for one upstream are bound to its id; that it is the one which the asker means, the party says.
  const upstreamId = state.upstreams.get(upstream)?.id ?? ''
  return { gateway, gatewayId, connector, upstream, upstreamId, action, recordedAction, lessSpecific }
}

/** Kill switch, gateway, upstream and permissions. */
function judgePermitted({ state, policy, controlOffset }: Ruling, input: DecisionInput): Verdict {
  const { risk } = input
  const request = requestOf(state, input)
  const permitted = judgeByPermissions({ policy, killSwitch: state.killSwitches, request })
  const party = permitted.by === 'kill_switch' ? undefined : judgeParty(state, input)
  const { by, outcome, rule, reasons } = party ?? permitted
  const askFor = party === undefined ? permitted.askFor : undefined
  const terms = party === undefined ? permitted.terms : undefined
  return {
    outcome,
    by,
    rule,
    reasons: askFor === undefined ? reasons : [...reasons, askFor],
    ...(terms && { terms }),
    risk,
    policyVersion: permitted.policyVersion,
    fault: null,
    needs: null,
    readsArguments: false,
    catalog: null,
    controlOffset,
  }
}
