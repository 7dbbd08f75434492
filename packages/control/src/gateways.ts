import type { EventOf } from '@sallyport/events'
import type { ControlState, Gateway, PermissionRecord } from './state.ts'
import { accept, reject, type Transition, withEntry } from './transition.ts'

/** A name is taken while its gateway is in force; after a revocation it can be given again, with a new id. */
export function onGatewayAdded(
  state: ControlState,
  event: EventOf<'sallyport.gateway.added.v1'>,
): Transition {
  const { id, name, tokenHash, issuers = [], ownerId = null } = event.data
  const known = state.gateways.get(name)
  if (known && known.revokedAt === null) return reject(state, 'conflict', `there is a gateway ${name}`)
  if (ownerId !== null && !state.persons.has(ownerId)) return reject(state, 'not_found', OWNER_GONE)
  const gateway = { id, name, tokenHash, issuers, ownerId, createdAt: event.time, revokedAt: null }
  const permissions = withBound(state.permissions, gateway)
  return accept(state, { gateways: withEntry(state.gateways, name, gateway), permissions }, id)
}

/** The permissions, with those that waited for a gateway of this name bound to it. */
function withBound(
  permissions: ControlState['permissions'],
  { id, name }: Gateway,
): ControlState['permissions'] {
  const waits = ({ gateway, gatewayId }: PermissionRecord) => gatewayId === null && gateway === name
  if (![...permissions.values()].some(waits)) return permissions
  const bound = (one: PermissionRecord) => (waits(one) ? { ...one, gatewayId: id } : one)
  return new Map([...permissions].map(([key, one]) => [key, bound(one)]))
}

export function onGatewayTokenRotated(
  state: ControlState,
  event: EventOf<'sallyport.gateway.token_rotated.v1'>,
): Transition {
  const { name, tokenHash } = event.data
  const known = state.gateways.get(name)
  if (!known || known.revokedAt !== null) return reject(state, 'not_found', `there is no gateway ${name}`)
  return accept(state, { gateways: withEntry(state.gateways, name, { ...known, tokenHash }) }, known.id)
}

/** By id: a gateway that got the name meanwhile is reached by no issuer that was meant for another. */
export function onGatewayIssuersSet(
  state: ControlState,
  event: EventOf<'sallyport.gateway.issuers_set.v1'>,
): Transition {
  const { id, name, issuers } = event.data
  const known = state.gateways.get(name)
  if (known?.id !== id || known.revokedAt !== null)
    return reject(state, 'not_found', `there is no gateway ${name} of this id`)
  return accept(state, { gateways: withEntry(state.gateways, name, { ...known, issuers }) }, id)
}

/** By id, both of them: a name that was given anew has neither the agent nor the person. */
export function onGatewayOwnerSet(
  state: ControlState,
  event: EventOf<'sallyport.gateway.owner_set.v1'>,
): Transition {
  const { id, name, ownerId } = event.data
  const known = state.gateways.get(name)
  if (known?.id !== id || known.revokedAt !== null)
    return reject(state, 'not_found', `there is no gateway ${name} of this id`)
  if (ownerId !== null && !state.persons.has(ownerId)) return reject(state, 'not_found', OWNER_GONE)
  return accept(state, { gateways: withEntry(state.gateways, name, { ...known, ownerId }) }, id)
}

const OWNER_GONE = 'the person who would own it is gone'

/** The gateway's permissions end with it. A new gateway of the same name begins without any. */
export function onGatewayRevoked(
  state: ControlState,
  event: EventOf<'sallyport.gateway.revoked.v1'>,
): Transition {
  const { name } = event.data
  const known = state.gateways.get(name)
  if (!known || known.revokedAt !== null) return reject(state, 'not_found', `there is no gateway ${name}`)
  const gateways = withEntry(state.gateways, name, { ...known, revokedAt: event.time })
  const permissions = new Map([...state.permissions].filter(([, { gatewayId }]) => gatewayId !== known.id))
  return accept(state, { gateways, permissions }, known.id)
}
