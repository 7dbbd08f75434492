import { setTimeout as delay } from 'node:timers/promises'
import type { Catalog, OfferedKind, Upstream } from '@sallyport/control'
import { atOnce } from '@sallyport/jsonrpc'
import { BoundedMap } from '@sallyport/runtime'
import { inTurns, type Steps } from '../../../reaching/in-turns.ts'
import type { McpCall } from '../message/call.ts'
import type { KnownCatalogs } from './known-catalogs.ts'
import { entriesOf, isShort, type ListedElements, type ListedEntry } from './listed-entries.ts'
import type { Listing } from './listings.ts'
import { type Offer, offerOf } from './offers.ts'
import { PageTrails } from './page-trails.ts'
import { type Seen, sightingsOf } from './sighting.ts'

export interface UpstreamCatalogsOptions {
  readonly known: KnownCatalogs
  /** Asks the upstream of a call for a whole list; never rejects. */
  readonly read: (call: McpCall, offer: Offer) => Promise<Listing>
}

/** A list that was asked for, whole unless it has a fault. */
export interface ReadList extends Listing {
  readonly entries: ReadonlyMap<string, ListedEntry>
}

/** The cursor that asked for a page, and the one that it names. */
export interface PageCursors {
  readonly cursor: unknown
  readonly next: unknown
}

/** For so long a list is not asked for again to learn whether it has something; servers may also flood us with changes. */
const RECENT_MS = 1000
const MOST_RECENT = 1000

/** The offers of upstreams. They are learned from every list that passes, and asked for when a call needs them. */
export class UpstreamCatalogs {
  readonly #known: KnownCatalogs
  readonly #read: UpstreamCatalogsOptions['read']
  readonly #trails = new PageTrails()
  readonly #reading = new Map<string, Promise<ReadList>>()
  readonly #again = new Map<string, Promise<unknown>>()
  readonly #recent = new BoundedMap<string, { readonly at: number; readonly list: ReadList }>(MOST_RECENT)

  constructor({ known, read }: UpstreamCatalogsOptions) {
    this.#known = known
    this.#read = read
  }

  of(upstream: Upstream): Catalog | undefined {
    return this.#known.of(upstream)
  }

  /** One page of a list passes on its way to the agent of the call. A promise only where there is much on it. */
  pageListed(
    call: McpCall,
    offer: Offer,
    listed: ListedElements,
    page: PageCursors,
  ): Promise<void> | undefined {
    const steps = this.#pageSteps(call, offer, listed, page)
    if (!isShort(listed.elements)) return inTurns(steps)
    atOnce(steps)
    return undefined
  }

  /** The server says that its list is another one: it is read again, at most once a second. */
  listChanged(call: McpCall, offer: Offer): void {
    if (!this.of(call.upstream)?.listed.has(offer.kind)) return
    const key = keyOf(call, offer)
    if (this.#again.has(key)) return
    this.#again.set(
      key,
      this.#listAgain(call, offer, key).finally(() => this.#again.delete(key)),
    )
  }

  /** Lists that are being read again because they have changed. A call that is judged by one waits for it. */
  changing({ name }: Upstream, kind: OfferedKind): Promise<unknown> | undefined {
    if (this.#again.size === 0) return undefined
    const prefix = prefixOf(name, kind)
    const under = [...this.#again].filter(([key]) => key.startsWith(prefix)).map(([, reading]) => reading)
    return under.length === 0 ? undefined : Promise.all(under)
  }

  /** Reads the whole list in the caller's session; those who ask at the same time share one reading. */
  list(call: McpCall, offer: Offer): Promise<ReadList> {
    const key = keyOf(call, offer)
    return this.#reading.get(key) ?? this.#track(key, this.#list(call, offer, key))
  }

  /** The same, unless it was read just now. */
  async listLately(call: McpCall, offer: Offer): Promise<ReadList> {
    const recent = this.#recent.get(keyOf(call, offer))
    if (recent !== undefined && performance.now() - recent.at < RECENT_MS) return recent.list
    return this.list(call, offer)
  }

  stop(): void {
    this.#known.stop()
  }

  #track(key: string, reading: Promise<ReadList>): Promise<ReadList> {
    const tracked = reading.finally(() => this.#reading.delete(key))
    this.#reading.set(key, tracked)
    return tracked
  }

  async #listAgain(call: McpCall, offer: Offer, key: string): Promise<ReadList> {
    await this.#reading.get(key)
    const since = performance.now() - (this.#recent.get(key)?.at ?? Number.NEGATIVE_INFINITY)
    if (since < RECENT_MS) await delay(RECENT_MS - since, undefined, { ref: false })
    return this.#list(call, offer, key)
  }

  async #list(call: McpCall, offer: Offer, key: string): Promise<ReadList> {
    const listing = await this.#read(call, offer)
    const { elements, refused, fault } = listing
    const all = await inTurns(entriesOf(offer, elements))
    const list = { ...listing, entries: new Map(all.map((entry) => [entry.key, entry])) }
    const everything = fault === null ? new Set([...all, ...refused].map((one) => one.key)) : null
    await inTurns(this.#take(call.upstream, offer.kind, { entries: all, refused }, everything))
    this.#recent.set(key, { at: performance.now(), list })
    return list
  }

  *#pageSteps(
    call: McpCall,
    offer: Offer,
    { elements, refused }: ListedElements,
    page: PageCursors,
  ): Steps<void> {
    const entries = yield* entriesOf(offer, elements)
    const keys = [...entries, ...refused].map(({ key }) => key)
    const everything = this.#trails.follow(call, offer, { ...page, keys })
    yield* this.#take(call.upstream, offer.kind, { entries, refused }, everything)
  }

  *#take(
    upstream: Upstream,
    kind: OfferedKind,
    seen: Seen,
    everything: ReadonlySet<string> | null,
  ): Steps<void> {
    const sightings = yield* sightingsOf(this.#known.orEmpty(upstream), kind, seen, everything)
    this.#known.tell(upstream, sightings)
  }
}

function keyOf({ upstream, session, era }: McpCall, { kind }: Offer): string {
  return `${prefixOf(upstream.name, kind)}${upstream.createdAt} ${session?.id ?? era}`
}

function prefixOf(upstream: string, kind: OfferedKind): string {
  return `${upstream} ${kind} `
}

/** How the thing is listed that a request uses; undefined where no list could tell. */
export function offerUsed({
  kind,
  subject,
  method,
}: McpCall): (Offer & { readonly name: string }) | undefined {
  if (kind !== 'request' || subject === null) return undefined
  switch (method) {
    case 'tools/call':
    case 'prompts/get':
    case 'resources/read':
    case 'resources/subscribe':
      return { ...offerOf(subject.kind), name: subject.name }
    case 'completion/complete':
      return { ...offerOf(subject.kind === 'resource' ? 'template' : subject.kind), name: subject.name }
    default:
      return undefined
  }
}
