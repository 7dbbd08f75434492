import type { Approval } from '@sallyport/approval'
import type { ControlState } from '@sallyport/control'

/**
 * Why the gateway that an approval is for can never use it; undefined while it can. A gateway that is not known here may have
 * been added a moment ago.
 */
export function gatewayEnded(
  { gateways }: Pick<ControlState, 'gateways'>,
  { gateway, requestedAt }: Pick<Approval, 'gateway' | 'requestedAt'>,
): string | undefined {
  const known = gateways.get(gateway.name)
  if (known === undefined) return undefined
  const reason = `gateway ${gateway.name} was revoked`
  if (known.id === gateway.id) return known.revokedAt === null ? undefined : reason
  // Another one has the name: a later one, or one that had it before and of which more is still to be read.
  return Date.parse(requestedAt) < Date.parse(known.createdAt) ? reason : undefined
}
