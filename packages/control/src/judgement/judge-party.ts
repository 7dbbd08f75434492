import { credentialMark, type DecisionInput } from '@sallyport/policy'
import type { ControlState } from '../state.ts'
import { upstreamDigest } from '../upstream-digest.ts'

export interface PartyDenial {
  readonly by: 'gateway' | 'upstream'
  readonly rule: string
  readonly reason: string
}

/** Why the gateway or the upstream is not the one that the asker means; undefined when both are. */
export function judgeParty(
  { gateways, upstreams }: ControlState,
  input: DecisionInput,
): PartyDenial | undefined {
  const { gateway, gatewayId, gatewayCredential, connector, upstream, upstreamDigest: digest } = input
  const known = gateways.get(gateway)
  if (known?.id !== gatewayId)
    return {
      by: 'gateway',
      rule: 'unknown gateway',
      reason: 'this gateway is not registered, or was revoked',
    }
  if (known.revokedAt !== null)
    return { by: 'gateway', rule: 'unknown gateway', reason: `gateway ${gateway} was revoked` }
  if (gatewayCredential !== null && credentialMark(known.tokenHash) !== gatewayCredential)
    return { by: 'gateway', rule: 'unknown gateway', reason: `the token of gateway ${gateway} was replaced` }

  // Its kind as well: a caller whose copy of the state is older must not escape what is set for the new kind.
  const registered = upstreams.get(upstream)
  if (registered?.connector !== connector)
    return {
      by: 'upstream',
      rule: 'unknown upstream',
      reason: 'no upstream of this kind is registered under this name',
    }
  if (digest !== null && upstreamDigest(registered) !== digest)
    return { by: 'upstream', rule: 'unknown upstream', reason: `upstream ${upstream} is not what it was` }
  return undefined
}
