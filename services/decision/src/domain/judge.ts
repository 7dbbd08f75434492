import type { ControlState } from '@sallyport/control'
import { BUILTIN_PERMISSIONS, compilePolicy, type Policy, riskOf, verdict } from '@sallyport/policy'
import type { DecideRequest, Decision } from '@sallyport/rpc'

/** The control state that verdicts are given by, with its permissions compiled. */
export interface Ruling {
  readonly state: ControlState
  readonly policy: Policy
}

export function rulingOf(state: ControlState, before?: Ruling): Ruling {
  if (before && before.state.permissions === state.permissions) return { state, policy: before.policy }
  const explicit = [...state.permissions.values()].map((record) => ({
    ...record,
    origin: 'explicit' as const,
  }))
  return { state, policy: compilePolicy(explicit, BUILTIN_PERMISSIONS) }
}

/** The verdict on one action. A gateway that is not known here, or not any more, may do nothing. */
export function judge({ state, policy }: Ruling, request: DecideRequest): Decision {
  const { gateway, gatewayId, connector, upstream, action } = request
  const known = state.gateways.get(gateway)
  if (known === undefined || known.id !== gatewayId || known.revokedAt !== null) {
    return denial(request, policy, 'unknown gateway', 'this gateway is not registered, or was revoked')
  }
  // Its kind as well: a caller whose copy of the state is older must not escape what is set for the new kind.
  const registered = state.upstreams.get(upstream)
  if (registered?.connector !== connector) {
    return denial(
      request,
      policy,
      'unknown upstream',
      'no upstream of this kind is registered under this name',
    )
  }
  const given = verdict({
    policy,
    killSwitch: state.killSwitches,
    request: { gateway, connector, upstream, upstreamId: registered.id, action },
  })
  const { outcome, rule, risk, policyVersion } = given
  const reasons = given.askFor === undefined ? given.reasons : [...given.reasons, given.askFor]
  return { outcome, rule, reasons, risk, policyVersion, fault: null }
}

function denial(request: DecideRequest, policy: Policy, rule: string, reason: string): Decision {
  return {
    outcome: 'deny',
    rule,
    reasons: [reason],
    risk: riskOf(request.action),
    policyVersion: policy.policyVersion(request.gateway),
    fault: null,
  }
}
