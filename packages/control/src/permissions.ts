import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

/** One permission for each gateway, connector and action: a later one replaces the earlier and keeps its id. */
export function onPermissionSet(
  state: ControlState,
  event: EventOf<'sallyport.permission.set.v1'>,
): Transition {
  const { gateway, connector, action, decision } = event.data
  const known = [...state.permissions.values()].find(
    (one) => one.gateway === gateway && one.connector === connector && one.action === action,
  )
  const id = known?.id ?? event.data.id
  const permission = { id, gateway, connector, action, decision, updatedAt: event.time }
  return accept(state, { permissions: withEntry(state.permissions, id, permission) }, id)
}

export function onPermissionRemoved(
  state: ControlState,
  event: EventOf<'sallyport.permission.removed.v1'>,
): Transition {
  const { id } = event.data
  if (!state.permissions.has(id)) return reject(state, 'not_found', 'there is no such permission')
  return accept(state, { permissions: withoutEntry(state.permissions, id) }, id)
}
