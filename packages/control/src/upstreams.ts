import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

export function onUpstreamAdded(
  state: ControlState,
  event: EventOf<'sallyport.upstream.added.v1'>,
): Transition {
  const { name, connector, target, credential } = event.data
  if (state.upstreams.has(name)) return reject(state, 'conflict', `there is a connector ${name}`)
  const upstream = { name, connector, target, credential, createdAt: event.time }
  return accept(state, { upstreams: withEntry(state.upstreams, name, upstream) }, name)
}

/** What it offered is forgotten with it: another server under its name begins anew. */
export function onUpstreamRemoved(
  state: ControlState,
  event: EventOf<'sallyport.upstream.removed.v1'>,
): Transition {
  const { name } = event.data
  if (!state.upstreams.has(name)) return reject(state, 'not_found', `there is no connector ${name}`)
  const upstreams = withoutEntry(state.upstreams, name)
  return accept(state, { upstreams, catalogs: withoutEntry(state.catalogs, name) }, name)
}
