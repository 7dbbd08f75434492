import { type ControlState, personOfIdentity } from '@sallyport/control'
import type { DataOf } from '@sallyport/events'
import type { RequestApproval } from '@sallyport/rpc'

type Excluded = DataOf<'sallyport.approval.requested.v2'>['excluded']

/** Those who do not approve this call: the owner of its gateway, and the person the agent acts for. */
export function excludedFrom(
  state: Pick<ControlState, 'gateways' | 'persons'>,
  { gateway, binding, principal }: Pick<RequestApproval, 'gateway' | 'binding' | 'principal'>,
): Excluded {
  const known = state.gateways.get(gateway)
  const ownerId = known?.id === binding.gatewayId ? known.ownerId : null
  const person = principal && personOfIdentity(state, principal)
  return [
    ...(ownerId === null ? [] : [{ personId: ownerId, why: 'owner' as const }]),
    ...(person === undefined ? [] : [{ personId: person.id, why: 'principal' as const }]),
  ]
}
