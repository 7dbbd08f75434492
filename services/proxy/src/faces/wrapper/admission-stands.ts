import { type ControlView, type Gateway, upstreamDigest } from '@sallyport/control'
import type { Action } from '../../domain/action.ts'

/**
 * Whether the gateway could be let in again as it was. Only the face identifies a caller. A connection that the kill
 * switch stops is not closed: it may be let go on later.
 */
export function admissionStands(
  control: ControlView,
  { gateway, upstream }: Pick<Action, 'gateway' | 'upstream'>,
): boolean {
  const { gateways, upstreams } = control.state()
  const known = gateways.get(gateway.name)
  const registered = upstreams.get(upstream.name)
  return (
    known?.id === gateway.id &&
    known.revokedAt === null &&
    credentialStands(known, gateway) &&
    registered !== undefined &&
    upstreamDigest(registered) === upstreamDigest(upstream)
  )
}

function credentialStands(known: Gateway, { namedBy, tokenHash }: Action['gateway']): boolean {
  return namedBy === undefined ? known.tokenHash === tokenHash : known.issuers.includes(namedBy)
}
