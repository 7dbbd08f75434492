import { type DecisionInput, judgeByPermissions, type Verdict } from '@sallyport/policy'
import { judgeByGuardrails } from './guardrails.ts'
import { judgeByCatalog } from './judge-catalog.ts'
import { judgeParty } from './judge-party.ts'
import type { Ruling } from './ruling.ts'

/**
 * The whole verdict on one action, from its input and the rules in force: kill switch, gateway and upstream, permissions,
 * catalog, guardrails. Each can only make it stricter. The same input and ruling give the same verdict, always.
 */
export function judge(ruling: Ruling, input: DecisionInput): Verdict {
  const { state, policy, guardrails, controlOffset } = ruling
  const { gateway, connector, upstream, action, lessSpecific, risk, tool } = input
  // Permissions for one upstream are bound to its id; that it is the one which the asker means, the party says.
  const upstreamId = state.upstreams.get(upstream)?.id ?? ''
  const request = { gateway, connector, upstream, upstreamId, action, lessSpecific }
  const { by, outcome, rule, reasons, policyVersion, askFor } = judgeByPermissions({
    policy,
    killSwitch: state.killSwitches,
    request,
  })
  const basis = { risk, policyVersion, fault: null, needs: null, catalog: null, controlOffset }
  const party = by === 'kill_switch' ? undefined : judgeParty(state, input)
  if (party !== undefined)
    return { outcome: 'deny', by: party.by, rule: party.rule, reasons: [party.reason], ...basis }
  const permitted = {
    outcome,
    by,
    rule,
    reasons: askFor === undefined ? reasons : [...reasons, askFor],
    ...basis,
  }
  if (outcome === 'deny') return permitted

  const offered =
    tool === null ? permitted : judgeByCatalog(state.catalogs.get(upstream), input, tool, permitted)
  if (offered.outcome === 'deny' || guardrails.length === 0) return offered
  const unread = unreadArguments(ruling, input, offered)
  return unread ?? judgeByGuardrails(guardrails, input, offered)
}

/** A rule that reads arguments is never asked without them. */
function unreadArguments(ruling: Ruling, input: DecisionInput, verdict: Verdict): Verdict | undefined {
  const given = input.arguments
  if (given.text !== null || given.why === 'none' || !ruling.readers(input)) return undefined
  const unread = given.why === 'unread'
  const reason = unread ? 'they were not sent' : REASONS[given.why]
  return {
    ...verdict,
    outcome: 'deny',
    by: 'guardrails',
    rule: 'guardrails: arguments',
    reasons: [`a rule in force reads the arguments, and ${reason}`],
    needs: unread ? 'arguments' : null,
  }
}

const REASONS = { too_large: 'they are larger than may be read', not_json: 'they are not JSON' } as const
