import type { DataOf, EventOf } from '@sallyport/events'
import type { ControlState } from '../state.ts'
import { accept, reject, type Transition, withEntry } from '../transition.ts'
import {
  CATALOG_LIMITS,
  type Catalog,
  type Definition,
  emptyCatalog,
  newlyListed,
  newlyMissing,
  newlyRefused,
  type Offered,
  turnsBy,
} from './catalog.ts'

type Observed = DataOf<'sallyport.catalog.observed.v1'>
export type Listed = Observed['listed'][number]
/** What was seen of one kind. */
export type Sighting = Pick<Observed, 'kind' | 'listed' | 'missing' | 'whole' | 'refused'>
export type RefusedListing = NonNullable<Observed['refused']>[number]

/**
 * Takes in a proxy's sighting. The first whole list is accepted as it is, because there is nothing to compare it
 * with. Everything that differs later waits for a person. A sighting that is known already changes nothing, so
 * several proxies may report the same.
 */
export function onCatalogObserved(
  state: ControlState,
  event: EventOf<'sallyport.catalog.observed.v1'>,
): Transition {
  const { upstream, registeredAt } = event.data
  if (state.upstreams.get(upstream)?.createdAt !== registeredAt)
    return reject(state, 'conflict', `${upstream} is not the upstream that was seen`)
  const before = state.catalogs.get(upstream)
  const after = withSighting(before ?? emptyCatalog(upstream), event.data, event.time)
  if (after === before) return { state, outcome: { accepted: true, subject: upstream, repeated: false } }
  return accept(state, { catalogs: withEntry(state.catalogs, upstream, after) }, upstream)
}

/** The catalog after what was seen; the very same where that is nothing new. */
export function withSighting(before: Catalog, sighting: Sighting, time: string): Catalog {
  const { kind, listed, missing, whole, refused = [] } = sighting
  const look = new Look(before, kind, time)
  for (const one of listed) look.list(one)
  for (const one of refused) look.refuse(one)
  for (const key of missing) look.miss(key)
  const ends = whole && !before.listed.has(kind)
  if (!look.changed && !ends) return before
  return { ...look.catalog(), listed: ends ? new Set([...before.listed, kind]) : before.listed }
}

class Look {
  changed = false
  readonly #catalog: Catalog
  readonly #kind: Observed['kind']
  readonly #time: string
  readonly #entries: Map<string, Offered>
  #characters: number
  #full: boolean

  constructor(catalog: Catalog, kind: Observed['kind'], time: string) {
    this.#catalog = catalog
    this.#kind = kind
    this.#time = time
    this.#entries = new Map(catalog.offered[kind])
    this.#characters = catalog.characters
    this.#full = catalog.full
  }

  list(one: Listed): void {
    const known = this.#entries.get(one.key)
    if (known === undefined) {
      this.#add(one)
      return
    }
    const { fingerprint } = one
    if (!newlyListed(known, fingerprint, one.address)) return
    if (known.offered?.fingerprint === fingerprint) {
      this.#set({ ...known, ...addressIn(one) })
      return
    }
    const offered = known.accepted?.fingerprint === fingerprint ? known.accepted : this.#kept(one)
    const turns = known.turns + (turnsBy(known, fingerprint) ? 1 : 0)
    // One that was refused in the first list was never seen before.
    const first = known.accepted === null && known.refused !== null && !this.#catalog.listed.has(this.#kind)
    const accepted = first ? offered : known.accepted
    this.#set({ ...known, ...addressIn(one), accepted, offered, refused: null, since: this.#time, turns })
  }

  refuse({ key, rule, place }: RefusedListing): void {
    const known = this.#entries.get(key)
    const refused = { rule, place }
    if (known === undefined) {
      this.#make({ key, accepted: null, offered: null, refused })
      return
    }
    if (!newlyRefused(known, refused)) return
    this.#set({ ...known, offered: null, refused, since: this.#time, turns: known.turns + 1 })
  }

  miss(key: string): void {
    const known = this.#entries.get(key)
    if (known === undefined || !newlyMissing(known)) return
    const gone = { offered: null, refused: null }
    this.#set({ ...known, ...gone, since: this.#time, absences: known.absences + 1 })
  }

  catalog(): Catalog {
    const offered = { ...this.#catalog.offered, [this.#kind]: this.#entries }
    return { ...this.#catalog, offered, characters: this.#characters, full: this.#full }
  }

  #add(one: Listed): void {
    const offered = this.#kept(one)
    const accepted = this.#catalog.listed.has(this.#kind) ? null : offered
    this.#make({ key: one.key, ...addressIn(one), accepted, offered, refused: null })
  }

  #make(fresh: Pick<Offered, 'key' | 'address' | 'accepted' | 'offered' | 'refused'>): void {
    if (this.#entries.size >= CATALOG_LIMITS.entries) {
      this.changed ||= !this.#full
      this.#full = true
      return
    }
    this.#set({ kind: this.#kind, mode: null, since: this.#time, turns: 0, absences: 0, ...fresh })
  }

  #set(entry: Offered): void {
    this.changed = true
    this.#characters += charactersOf(entry) - charactersOf(this.#entries.get(entry.key))
    this.#entries.set(entry.key, entry)
  }

  #kept({ fingerprint, definition, entire }: Listed): Definition {
    const fits = definition !== null && this.#characters + definition.length <= CATALOG_LIMITS.characters
    return fits ? { fingerprint, text: definition, entire } : { fingerprint, text: null, entire: false }
  }
}

function addressIn({ address }: Listed): { readonly address?: string } {
  return address === undefined ? {} : { address }
}

/** What an entry keeps of definitions; one that is both accepted and offered is kept once. */
export function charactersOf(entry: Offered | undefined): number {
  if (entry === undefined) return 0
  const accepted = entry.accepted?.text?.length ?? 0
  return entry.accepted === entry.offered ? accepted : accepted + (entry.offered?.text?.length ?? 0)
}
