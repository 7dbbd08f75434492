import type { EventOf } from '@sallyport/events'
import type { ControlState, PermissionRecord, Upstream } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

export function onUpstreamAdded(
  state: ControlState,
  event: EventOf<'sallyport.upstream.added.v1'>,
): Transition {
  const { id = event.id, name, connector, target, credential, metaKeys, insecure } = event.data
  if (state.upstreams.has(name)) return reject(state, 'conflict', `there is an upstream ${name}`)
  const upstream = {
    id,
    name,
    connector,
    target,
    credential,
    createdAt: event.time,
    ...(metaKeys && { metaKeys }),
    ...(insecure && { insecure }),
  }
  const permissions = withBound(state.permissions, upstream)
  return accept(state, { upstreams: withEntry(state.upstreams, name, upstream), permissions }, name)
}

/**
 * The upstream's catalog and the permissions for it end with it. A new upstream of the same name begins without any.
 */
export function onUpstreamRemoved(
  state: ControlState,
  event: EventOf<'sallyport.upstream.removed.v1'>,
): Transition {
  const { name } = event.data
  const known = state.upstreams.get(name)
  if (known === undefined) return reject(state, 'not_found', `there is no upstream ${name}`)
  const upstreams = withoutEntry(state.upstreams, name)
  const catalogs = withoutEntry(state.catalogs, name)
  const kept = [...state.permissions].filter(([, { upstream }]) => upstream?.id !== known.id)
  const permissions = kept.length === state.permissions.size ? state.permissions : new Map(kept)
  return accept(state, { upstreams, catalogs, permissions }, name)
}

/** The permissions, with those that waited for an upstream of this name bound to it. */
function withBound(
  permissions: ControlState['permissions'],
  { id, name, connector }: Upstream,
): ControlState['permissions'] {
  const waits = ({ upstream }: PermissionRecord) => upstream?.id === null && upstream.name === name
  if (![...permissions.values()].some(waits)) return permissions
  const bound = (one: PermissionRecord) => (waits(one) ? { ...one, connector, upstream: { id, name } } : one)
  return new Map([...permissions].map(([key, one]) => [key, bound(one)]))
}
