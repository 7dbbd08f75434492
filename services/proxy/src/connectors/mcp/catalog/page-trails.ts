import { BoundedMap } from '@sallyport/runtime'
import type { McpCall } from '../message/call.ts'
import { endsList } from './ends-list.ts'
import type { Offer } from './offers.ts'

const MOST_TRAILS = 500
const MOST_KEYS = 10_000

/** Follows clients through the pages of lists, so that it is known when one has seen all of it. */
export class PageTrails {
  readonly #trails = new BoundedMap<string, ReadonlySet<string>>(MOST_TRAILS)

  /**
   * Everything that the list holds, when this was its last page. Null before that, and when its first page was not
   * seen.
   */
  follow(
    call: McpCall,
    offer: Offer,
    page: { readonly cursor: unknown; readonly next: unknown; readonly keys: Iterable<string> },
  ): ReadonlySet<string> | null {
    if (isLong(page.cursor) || isLong(page.next)) return null
    const before = page.cursor === undefined ? NONE : this.#take(trailOf(call, offer, page.cursor))
    if (before === undefined) return null
    const keys = new Set([...before, ...page.keys])
    const { cursor } = page
    if (endsList(call.era, page.next, { has: (next) => next === cursor })) return keys
    if (keys.size > MOST_KEYS) return null
    this.#trails.set(trailOf(call, offer, page.next), keys)
    return null
  }

  #take(trail: string): ReadonlySet<string> | undefined {
    const keys = this.#trails.get(trail)
    this.#trails.delete(trail)
    return keys
  }
}

/** Whoever lists chooses how long a cursor is, and every trail is kept. */
function isLong(cursor: unknown): boolean {
  return typeof cursor === 'string' && cursor.length > LONGEST_CURSOR
}

const LONGEST_CURSOR = 4096

const NONE: ReadonlySet<string> = new Set()

function trailOf({ gateway, upstream, session }: McpCall, { kind }: Offer, cursor: unknown): string {
  return JSON.stringify([gateway.id, upstream.name, upstream.createdAt, session?.id ?? null, kind, cursor])
}
