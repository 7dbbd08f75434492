import type { Grant } from '@sallyport/approval'
import { type ControlState, endedApprover, upstreamDigest } from '@sallyport/control'
import { credentialMark, issuerMark, type Policy } from '@sallyport/policy'

type Known = Pick<ControlState, 'gateways' | 'upstreams' | 'tokens' | 'persons' | 'bots'>

/** What a grant was bound to and is another thing now, by name; undefined while nothing is. */
export function grantEnded(
  state: Known,
  policy: Pick<Policy, 'policyVersion'>,
  { gateway, held, approvers }: Grant,
): string | undefined {
  const { binding, caller } = held
  const known = state.gateways.get(gateway.name)
  if (known?.id !== gateway.id || known.revokedAt !== null) return `gateway ${gateway.name} was revoked`
  const marks = [credentialMark(known.tokenHash), ...known.issuers.map(issuerMark)]
  if (!marks.includes(caller.credential)) return `the token of gateway ${gateway.name} was replaced`
  const upstream = state.upstreams.get(binding.upstream)
  if (upstream === undefined) return `upstream ${binding.upstream} was removed`
  if (upstreamDigest(upstream) !== binding.upstreamDigest)
    return `upstream ${binding.upstream} is not what it was`
  if (policy.policyVersion(gateway.id) !== binding.policyVersion)
    return `the permissions of gateway ${gateway.name} were changed`
  for (const { voter, as } of approvers) {
    const { tokenId, personId, botId } = voter
    const ended = endedApprover(state, { tokenId, personId, botId, as })
    if (ended !== undefined) return ended
    if (personId !== null && personId === known.ownerId)
      return `somebody who gave it owns gateway ${gateway.name} now`
  }
  return undefined
}
