import type { DataOf, EventOf } from '@sallyport/events'
import type { ControlState, PermissionRecord } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

/** One permission for each gateway, upstream, connector and action: a later one replaces the earlier and keeps its id. */
export function onPermissionSet(
  state: ControlState,
  event: EventOf<'sallyport.permission.set.v4'>,
): Transition {
  const { action, decision, approval } = event.data
  const holder = holderOf(state, event.data)
  if (holder === undefined)
    return reject(state, 'not_found', 'the gateway that the permission is for was revoked')
  const reach = reachOf(state, event.data)
  if (reach === undefined)
    return reject(state, 'not_found', 'the upstream that the permission is for was removed')
  const known = [...state.permissions.values()].find(
    (one) => isSameHolder(one, holder) && one.action === action && isSameReach(one, reach),
  )
  const id = known?.id ?? event.data.id
  const set = { id, ...holder, ...reach, action, decision, updatedAt: event.time }
  const permission = approval === null ? set : { ...set, approval }
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

type Holder = Pick<PermissionRecord, 'gateway' | 'gatewayId'>

/** The gateway that the permission is for. Undefined where that one was revoked, even if a new one has its name. */
function holderOf(
  { gateways }: ControlState,
  { gateway, gatewayId }: DataOf<'sallyport.permission.set.v4'>,
): Holder | undefined {
  const registered = gateways.get(gateway)
  const inForce = registered?.revokedAt === null ? registered.id : null
  if (gatewayId !== null && gatewayId !== inForce) return undefined
  return { gateway, gatewayId: inForce }
}

function isSameHolder(a: Holder, b: Holder): boolean {
  return a.gateway === b.gateway && a.gatewayId === b.gatewayId
}

type Reach = Pick<PermissionRecord, 'upstream' | 'connector'>

/**
 * The upstream or the kind that the permission is for. Undefined where that upstream was removed, even if a new one
 * has its name.
 */
function reachOf(
  { upstreams }: ControlState,
  { upstream, connector }: DataOf<'sallyport.permission.set.v4'>,
): Reach | undefined {
  if (upstream === null) return { upstream, connector }
  const registered = upstreams.get(upstream.name)
  if (upstream.id === null && registered === undefined) return { upstream, connector }
  if (registered === undefined || (upstream.id !== null && upstream.id !== registered.id)) return undefined
  return { upstream: { id: registered.id, name: registered.name }, connector: registered.connector }
}

function isSameReach(a: Reach, b: Reach): boolean {
  return (
    a.connector === b.connector && a.upstream?.id === b.upstream?.id && a.upstream?.name === b.upstream?.name
  )
}
