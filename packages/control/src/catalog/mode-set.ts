import type { EventOf } from '@sallyport/events'
import type { ControlState } from '../state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from '../transition.ts'
import { type Catalog, emptyCatalog, modeKey } from './catalog.ts'

type ModeSet = EventOf<'sallyport.catalog.mode_set.v1'>

/** For a kind it may be set before anything was seen; for one thing it must be in the catalog. */
export function onCatalogModeSet(state: ControlState, event: ModeSet): Transition {
  const { upstream, kind, key, status } = event.data
  if (!state.upstreams.has(upstream)) return reject(state, 'not_found', `there is no upstream ${upstream}`)
  const catalog = state.catalogs.get(upstream) ?? emptyCatalog(upstream)
  const next = key === null ? ofKind(catalog, event) : ofOne(catalog, event, key)
  if (next === undefined) return reject(state, 'not_found', `${upstream} offers no ${kind} ${key ?? status}`)
  return accept(state, { catalogs: withEntry(state.catalogs, upstream, next) }, upstream)
}

function ofKind(catalog: Catalog, { data: { kind, status, mode } }: ModeSet): Catalog | undefined {
  if (status === null) return undefined
  const key = modeKey(kind, status)
  const modes = mode === null ? withoutEntry(catalog.modes, key) : withEntry(catalog.modes, key, mode)
  return { ...catalog, modes }
}

function ofOne(catalog: Catalog, { data: { kind, mode } }: ModeSet, key: string): Catalog | undefined {
  const known = catalog.offered[kind].get(key)
  if (known === undefined) return undefined
  const entries = withEntry(catalog.offered[kind], key, { ...known, mode })
  return { ...catalog, offered: { ...catalog.offered, [kind]: entries } }
}
