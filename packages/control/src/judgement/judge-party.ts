import { credentialMark, type DecisionInput, issuerMark, type Verdict } from '@sallyport/policy'
import type { ControlState, Gateway } from '../state.ts'
import { upstreamDigest } from '../upstream-digest.ts'

export type PartyDenial = Pick<Verdict, 'outcome' | 'by' | 'rule' | 'reasons'>

/** Why the gateway or the upstream is not the one that the asker means; undefined when both are. */
export function judgeParty(
  { gateways, upstreams }: ControlState,
  input: DecisionInput,
): PartyDenial | undefined {
  const { gateway, gatewayId, gatewayCredential, connector, upstream, upstreamDigest: digest } = input
  const known = gateways.get(gateway)
  if (known?.id !== gatewayId) return unknownGateway('this gateway is not registered, or was revoked')
  if (known.revokedAt !== null) return unknownGateway(`gateway ${gateway} was revoked`)
  const ended = gatewayCredential === null ? undefined : endedCredential(known, gatewayCredential)
  if (ended !== undefined) return unknownGateway(ended)

  // Its kind as well: a caller whose copy of the state is older must not escape what is set for the new kind.
  const registered = upstreams.get(upstream)
  if (registered?.connector !== connector)
    return unknownUpstream('no upstream of this kind is registered under this name')
  if (digest !== null && upstreamDigest(registered) !== digest)
    return unknownUpstream(`upstream ${upstream} is not what it was`)
  return undefined
}

/** Why the credential that the gateway was let in with is good no more. */
function endedCredential({ name, tokenHash, issuers }: Gateway, mark: string): string | undefined {
  if (mark === credentialMark(tokenHash) || issuers.some((issuer) => issuerMark(issuer) === mark))
    return undefined
  if (!mark.startsWith('issuer:')) return `the token of gateway ${name} was replaced`
  return `gateway ${name} is not bound any more to the issuer whose token named it`
}

function unknownGateway(reason: string): PartyDenial {
  return { outcome: 'deny', by: 'gateway', rule: 'unknown gateway', reasons: [reason] }
}

function unknownUpstream(reason: string): PartyDenial {
  return { outcome: 'deny', by: 'upstream', rule: 'unknown upstream', reasons: [reason] }
}
