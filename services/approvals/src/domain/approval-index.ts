import { APPROVAL_STATUSES, type Approval, type ApprovalStatus } from '@sallyport/approval'

/** Where an approval stands in a list: by time, and by id where that is the same. It never changes. */
interface Place {
  readonly requestedAt: string
  readonly approvalId: string
}

/** Its status is that of the last note; undefined once it is forgotten. */
interface Entry extends Place {
  readonly gateway: string
  status: ApprovalStatus | undefined
}

export interface ListQuery {
  /** `settled`: all but those that are pending. */
  readonly status: ApprovalStatus | 'all' | 'settled'
  /** Its name. */
  readonly gateway?: string | undefined
  readonly limit: number
  /** The place after which the page begins. */
  readonly after: string | null
  /** Newest first unless it is said. */
  readonly order?: 'newest' | 'oldest' | undefined
}

export interface IdPage {
  readonly ids: readonly string[]
  /** The place after which the next page begins; null at the end. */
  readonly next: string | null
}

/** So many are looked at for one page at most; one that finds fewer than it may have says where the next begins. */
export const MOST_LOOKED_AT = 5000

/** So many more entries than approvals are kept before those of forgotten ones are swept out. */
const SWEEP_AT = 1000

/**
 * The approvals by status and gateway, newest first, kept in that order as they change. So a page costs the same however
 * many there are. Entries of approvals that have another status by now stay in a list until it is swept.
 */
export class ApprovalIndex {
  readonly #entries = new Map<string, Entry>()
  readonly #lists = new Map<string, OrderedList>()
  #listed = 0

  /** To be called with every approval in each of its shapes. */
  note({ approvalId, requestedAt, status, gateway }: Approval): void {
    const known = this.#entries.get(approvalId)
    if (known?.status === status) return
    if (known) this.#leave(known)
    const entry: Entry = known ?? { requestedAt, approvalId, gateway: gateway.name, status }
    entry.status = status
    this.#entries.set(approvalId, entry)
    for (const key of keysOf(entry)) this.#list(key).add(entry)
    this.#listed += 1
  }

  /** To be called with the id of one that is not kept any more where that is known; others are swept out. */
  forget(approvalId: string): void {
    const entry = this.#entries.get(approvalId)
    if (!entry) return
    this.#leave(entry)
    this.#entries.delete(approvalId)
  }

  /** Sweeps out what is forgotten, now and then; `isKept` says of an id whether it is not, and `kept` how many are. */
  sweep(kept: number, isKept: (id: string) => boolean): void {
    if (this.#listed <= 2 * kept + SWEEP_AT) return
    for (const [id, entry] of this.#entries) {
      if (isKept(id)) continue
      this.#leave(entry)
      this.#entries.delete(id)
    }
    for (const [key, list] of this.#lists) if (list.sweep(statusOf(key)) === 0) this.#lists.delete(key)
    this.#listed = this.#entries.size
  }

  /** A page, in the order that is asked for. A place is the same on every instance. `fits` says of an id whether it is wanted. */
  page(
    { status, gateway, limit, after, order = 'newest' }: ListQuery,
    fits: (id: string) => boolean,
  ): IdPage {
    const comesFirst = order === 'oldest' ? isBefore : (left: Place, right: Place) => isBefore(right, left)
    const inOrder = (left: Place, right: Place) => (comesFirst(left, right) ? -1 : 1)
    const looked = statusesOf(status).map((one) => {
      const entries = this.#lists.get(keyOf(one, gateway))?.inOrder(one, order, after) ?? []
      return look(entries, limit + 1, fits)
    })
    // Beyond the first place at which looking ended there may be more in that list.
    const [end] = looked.flatMap(({ endedAt }) => endedAt ?? []).sort(inOrder)
    const found = looked
      .flatMap(({ found }) => found)
      .filter((entry) => end === undefined || !comesFirst(end, entry))
      .sort(inOrder)
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : end
    return { ids: page.map(({ approvalId }) => approvalId), next: last ? placeText(last) : null }
  }

  /** The ids of all of a gateway, in no order. */
  *ofGateway(gateway: string): Iterable<string> {
    for (const status of APPROVAL_STATUSES)
      for (const { approvalId } of this.#lists.get(keyOf(status, gateway))?.inOrder(status, 'newest', null) ??
        [])
        yield approvalId
  }

  /** How many are pending that were asked for in each of the ages; each begins where the one before ends. */
  countByAge(now: Date, fromMs: readonly number[]): readonly number[] {
    const since = fromMs.map((ms) => new Date(now.getTime() - ms).toISOString())
    return this.#lists.get('pending')?.countByAge('pending', since) ?? fromMs.map(() => 0)
  }

  count(status: 'pending' | 'approved'): number {
    return this.#lists.get(status)?.count ?? 0
  }

  /** Those with pending ones, the most first. */
  pendingByGateway(most: number): readonly { readonly name: string; readonly pending: number }[] {
    return [...this.#lists]
      .filter(([key, { count }]) => key.startsWith('pending\n') && count > 0)
      .map(([key, { count }]) => ({ name: key.slice('pending\n'.length), pending: count }))
      .sort((left, right) => right.pending - left.pending || (left.name < right.name ? -1 : 1))
      .slice(0, most)
  }

  #leave(entry: Entry): void {
    for (const key of keysOf(entry)) this.#list(key).count -= 1
    entry.status = undefined
  }

  #list(key: string): OrderedList {
    const known = this.#lists.get(key)
    if (known) return known
    const list = new OrderedList()
    this.#lists.set(key, list)
    return list
  }
}

/** Entries in the order of their places. What is added is sorted in when somebody reads. */
class OrderedList {
  /** How many are in it by their status. */
  count = 0
  #entries: Entry[] = []
  #isSorted = true

  add(entry: Entry): void {
    const last = this.#entries.at(-1)
    if (last && isBefore(entry, last)) this.#isSorted = false
    this.#entries.push(entry)
    this.count += 1
  }

  *inOrder(status: ApprovalStatus, order: 'newest' | 'oldest', after: string | null): Iterable<Entry> {
    this.#sort()
    const step = order === 'newest' ? -1 : 1
    let before: Entry | undefined
    for (let at = this.#begin(order, after); at >= 0 && at < this.#entries.length; at += step) {
      const entry = this.#entries[at]
      // One that came back to this status is in the list twice.
      if (entry?.status === status && entry !== before) yield entry
      before = entry
    }
  }

  #begin(order: 'newest' | 'oldest', after: string | null): number {
    if (order === 'newest') return (after === null ? this.#entries.length : this.#firstFrom(after)) - 1
    if (after === null) return 0
    let at = this.#firstFrom(after)
    for (let entry = this.#entries[at]; entry && placeText(entry) === after; entry = this.#entries[at])
      at += 1
    return at
  }

  /** How many were asked for since each of the instants, which go back in time, and not since the one before. */
  countByAge(status: ApprovalStatus, since: readonly string[]): readonly number[] {
    this.#sort()
    const counts = since.map(() => 0)
    let [age, before]: [number, Entry | undefined] = [0, undefined]
    // A loop and no iterator: somebody may ask every second, and there may be very many.
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      const entry = this.#entries[at] as Entry
      while (age + 1 < since.length && entry.requestedAt <= (since[age + 1] ?? '')) age += 1
      if (entry.status === status && entry !== before) counts[age] = (counts[age] ?? 0) + 1
      before = entry
    }
    return counts
  }

  /** Returns how many are left. */
  sweep(status: ApprovalStatus): number {
    this.#sort()
    this.#entries = this.#entries.filter(
      (entry, at) => entry.status === status && entry !== this.#entries[at - 1],
    )
    this.count = this.#entries.length
    return this.count
  }

  /** Nearly in order already: what comes from several partitions is in order in each. */
  #sort(): void {
    if (this.#isSorted) return
    this.#entries.sort((left, right) => (left === right ? 0 : isBefore(left, right) ? -1 : 1))
    this.#isSorted = true
  }

  #firstFrom(place: string): number {
    let [low, high] = [0, this.#entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (placeText(this.#entries[middle] as Entry) < place) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Those that fit, up to so many; and where looking ended before the end. */
function look(
  entries: Iterable<Entry>,
  most: number,
  fits: (id: string) => boolean,
): { readonly found: readonly Entry[]; readonly endedAt?: Entry } {
  const found: Entry[] = []
  let looked = 0
  for (const entry of entries) {
    looked += 1
    if (fits(entry.approvalId)) found.push(entry)
    if (found.length === most) return { found }
    if (looked === MOST_LOOKED_AT) return { found, endedAt: entry }
  }
  return { found }
}

function statusesOf(status: ListQuery['status']): readonly ApprovalStatus[] {
  if (status === 'all') return APPROVAL_STATUSES
  return status === 'settled' ? APPROVAL_STATUSES.filter((one) => one !== 'pending') : [status]
}

const keyOf = (status: ApprovalStatus, gateway: string | undefined) =>
  gateway === undefined ? status : `${status}\n${gateway}`

const keysOf = ({ status, gateway }: Entry) =>
  status === undefined ? [] : [keyOf(status, undefined), keyOf(status, gateway)]

const statusOf = (key: string) => key.split('\n', 1)[0] as ApprovalStatus

/** Ids made in one millisecond are in no order of their own. */
const placeText = ({ requestedAt, approvalId }: Place): string => `${requestedAt}/${approvalId}`

function isBefore(left: Place, right: Place): boolean {
  if (left.requestedAt !== right.requestedAt) return left.requestedAt < right.requestedAt
  return left.approvalId < right.approvalId
}
