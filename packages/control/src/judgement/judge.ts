import { type DecisionInput, judgeByPermissions, type Verdict } from '@sallyport/policy'
import { judgeByGuardrails } from './guardrails.ts'
import { judgeApprover } from './judge-approver.ts'
import { judgeByCatalog } from './judge-catalog.ts'
import { judgeParty } from './judge-party.ts'
import type { Ruling } from './ruling.ts'

/**
 * The whole verdict on one action, from its input and the rules in force: kill switch, gateway and upstream, permissions,
 * catalog, guardrails, and the approver where a person has approved it. Each can only make it stricter. The same input
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
  return judgeApprover(state, input, guarded)
}

/** Kill switch, gateway, upstream and permissions. */
function judgePermitted({ state, policy, controlOffset }: Ruling, input: DecisionInput): Verdict {
  const { gateway, gatewayId, connector, upstream, action, recordedAction, lessSpecific, risk } = input
  // Permissions for one upstream are bound to its id; that it is the one which the asker means, the party says.
  const upstreamId = state.upstreams.get(upstream)?.id ?? ''
  const request = {
    gateway,
    gatewayId,
    connector,
    upstream,
    upstreamId,
    action,
    recordedAction,
    lessSpecific,
  }
  const permitted = judgeByPermissions({ policy, killSwitch: state.killSwitches, request })
  const party = permitted.by === 'kill_switch' ? undefined : judgeParty(state, input)
  const { by, outcome, rule, reasons } = party ?? permitted
  const askFor = party === undefined ? permitted.askFor : undefined
  return {
    outcome,
    by,
    rule,
    reasons: askFor === undefined ? reasons : [...reasons, askFor],
    risk,
    policyVersion: permitted.policyVersion,
    fault: null,
    needs: null,
    readsArguments: false,
    catalog: null,
    controlOffset,
  }
}
