import type { DataOf, EventOf } from '@sallyport/events'
import type { ControlState, PermissionRecord } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

/** The only kind that earlier releases knew; any other name in their permissions is that of an upstream. */
const FIRST_KIND = 'mcp'

/** One permission for each gateway, upstream, connector and action: a later one replaces the earlier and keeps its id. */
export function onPermissionSet(
  state: ControlState,
  event: EventOf<'sallyport.permission.set.v1'>,
): Transition {
  const { gateway, action, decision } = event.data
  const reach = reachOf(state, event.data)
  const { upstream } = reach
  if (event.data.upstream && state.upstreams.get(event.data.upstream.name)?.id !== upstream?.id)
    return reject(state, 'not_found', `upstream ${event.data.upstream.name} was removed`)
  const known = [...state.permissions.values()].find(
    (one) => one.gateway === gateway && one.action === action && isSameReach(one, reach),
  )
  const id = known?.id ?? event.data.id
  const permission = { id, gateway, ...reach, action, decision, updatedAt: event.time }
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

type Reach = Pick<PermissionRecord, 'upstream' | 'connector'>

/**
 * What it is for. Earlier releases said no upstream and could mean one by `connector`: the upstream that has this name
 * now, or the first that gets it.
 */
function reachOf(
  { upstreams }: ControlState,
  { upstream, connector }: DataOf<'sallyport.permission.set.v1'>,
): Reach {
  if (upstream !== undefined) return { upstream, connector }
  if (connector === '*' || connector === FIRST_KIND) return { upstream: null, connector }
  return { upstream: { id: upstreams.get(connector)?.id ?? null, name: connector }, connector: FIRST_KIND }
}

function isSameReach(a: Reach, b: Reach): boolean {
  return (
    a.connector === b.connector && a.upstream?.id === b.upstream?.id && a.upstream?.name === b.upstream?.name
  )
}
