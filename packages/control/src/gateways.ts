import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry } from './transition.ts'

/** A name is taken while its gateway is in force; after a revocation it can be given again, with a new id. */
export function onGatewayAdded(
  state: ControlState,
  event: EventOf<'sallyport.gateway.added.v1'>,
): Transition {
  const { id, name, tokenHash } = event.data
  const known = state.gateways.get(name)
  if (known && known.revokedAt === null) return reject(state, 'conflict', `there is a gateway ${name}`)
  const gateway = { id, name, tokenHash, createdAt: event.time, revokedAt: null }
  return accept(state, { gateways: withEntry(state.gateways, name, gateway) }, id)
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

/** The gateway's permissions end with it. A new gateway of the same name begins without any. */
export function onGatewayRevoked(
  state: ControlState,
  event: EventOf<'sallyport.gateway.revoked.v1'>,
): Transition {
  const { name } = event.data
  const known = state.gateways.get(name)
  if (!known || known.revokedAt !== null) return reject(state, 'not_found', `there is no gateway ${name}`)
  const gateways = withEntry(state.gateways, name, { ...known, revokedAt: event.time })
  const permissions = new Map([...state.permissions].filter(([, permission]) => permission.gateway !== name))
  return accept(state, { gateways, permissions }, known.id)
}
