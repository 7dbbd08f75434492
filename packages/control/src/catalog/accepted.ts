import type { DataOf, EventOf } from '@sallyport/events'
import type { ControlState } from '../state.ts'
import { accept, reject, type Transition, withEntry } from '../transition.ts'
import type { Catalog, Offered } from './catalog.ts'
import { charactersOf } from './observed.ts'

type Acceptance = DataOf<'sallyport.catalog.accepted.v1'>['entities'][number]

/** All or none: a person who accepts several at once has seen these and no others. */
export function onCatalogAccepted(
  state: ControlState,
  event: EventOf<'sallyport.catalog.accepted.v1'>,
): Transition {
  const { upstream, entities } = event.data
  let catalog = state.catalogs.get(upstream)
  if (catalog === undefined) return reject(state, 'not_found', `nothing is known of what ${upstream} offers`)
  for (const one of entities) {
    const known: Offered | undefined = catalog.offered[one.kind].get(one.key)
    if (known === undefined) return reject(state, 'not_found', `${upstream} offers no ${one.kind} ${one.key}`)
    if ((known.offered?.fingerprint ?? null) !== one.fingerprint)
      return reject(state, 'conflict', `the ${one.kind} ${one.key} is not what was seen any more`)
    catalog = settled(catalog, known, one, event.time)
  }
  return accept(state, { catalogs: withEntry(state.catalogs, upstream, catalog) }, upstream)
}

/** Something that is gone is forgotten, so that the same name later is an addition. */
function settled(catalog: Catalog, known: Offered, { kind, key }: Acceptance, time: string): Catalog {
  const entries = new Map(catalog.offered[kind])
  const { offered } = known
  const after =
    offered === null ? undefined : { ...known, accepted: offered, since: time, turns: 0, absences: 0 }
  if (after === undefined) entries.delete(key)
  else entries.set(key, after)
  const characters = catalog.characters + charactersOf(after) - charactersOf(known)
  return { ...catalog, offered: { ...catalog.offered, [kind]: entries }, characters }
}
