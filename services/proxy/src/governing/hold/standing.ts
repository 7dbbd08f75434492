import type { ControlView } from '@sallyport/control'
import { killSwitchBlocks } from '@sallyport/policy'
import type { ApprovalState } from '@sallyport/rpc'
import type { McpCall } from '../../connectors/mcp/message/call.ts'
import { ControlStale } from '../../domain/faults.ts'
import { upstreamDigest } from '../../domain/upstream-digest.ts'
import { type Basis, denial, faultDenial, type Verdict } from '../../domain/verdict.ts'

const GATEWAY = 'gateway'
const KILL_SWITCH = 'kill_switch:'

/**
 * Why a call that was let in earlier may not go on, by the control state of this process: it may know of a change
 * before the decision service does. Undefined when nothing speaks against it.
 */
export function lostStanding(call: McpCall, control: ControlView, basis: Basis): Verdict | undefined {
  const stale = control.fault()
  if (stale !== undefined) return faultDenial(new ControlStale({ cause: new Error(stale) }), basis)
  const { killSwitches, gateways, upstreams } = control.state()
  const target = {
    gateway: call.gateway.name,
    connector: call.upstream.connector,
    upstream: call.upstream.name,
  }
  const scope = killSwitchBlocks(killSwitches, target)
  if (scope !== null) return denial(`${KILL_SWITCH}${scope}`, `the kill switch is on for ${scope}`, basis)

  const gateway = gateways.get(call.gateway.name)
  if (gateway?.id !== call.gateway.id || gateway.revokedAt !== null)
    return denial(GATEWAY, `gateway ${call.gateway.name} was revoked`, basis)
  if (gateway.tokenHash !== call.gateway.tokenHash)
    return denial(GATEWAY, `the token of gateway ${call.gateway.name} was replaced`, basis)

  const upstream = upstreams.get(call.upstream.name)
  const same = upstream !== undefined && upstreamDigest(upstream) === upstreamDigest(call.upstream)
  if (!same) return denial('upstream', `upstream ${call.upstream.name} is not what it was`, basis)
  return undefined
}

/** Whether gateway and upstream are still what they were; what the kill switch stops may be let go on later. */
export function partyStands(
  control: ControlView,
  { gateway, upstream }: Pick<McpCall, 'gateway' | 'upstream'>,
): boolean {
  const { gateways, upstreams } = control.state()
  const known = gateways.get(gateway.name)
  const registered = upstreams.get(upstream.name)
  return (
    known?.id === gateway.id &&
    known.revokedAt === null &&
    known.tokenHash === gateway.tokenHash &&
    registered !== undefined &&
    upstreamDigest(registered) === upstreamDigest(upstream)
  )
}

/** Whether a person has stopped the agent or what it calls. */
export function isStop({ rule }: Verdict): boolean {
  return rule === GATEWAY || rule.startsWith(KILL_SWITCH)
}

/** Whether the token that answered was revoked since: whoever had it may not have been who they seemed. */
export function answererRevoked({ answeredBy }: ApprovalState, control: ControlView): boolean {
  const token = answeredBy === null ? undefined : control.state().tokens.get(answeredBy)
  return token !== undefined && token.revokedAt !== null
}
