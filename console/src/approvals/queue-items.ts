import type { Approval } from '../api/types.ts'

interface Read {
  /** The pages that were read, what waited longest first. */
  readonly pages: readonly Approval[]
  /** Whether there are no more pages. */
  readonly complete: boolean
  /** What was told since, by id. */
  readonly changes: ReadonlyMap<string, Approval>
  /** Whether one that was told belongs into this list. */
  readonly fits: (approval: Approval) => boolean
}

/**
 * What waits, as it stands now. One that was told and lies beyond the pages comes with its own page, so that the list has
 * no gap. Where all pages are there, what runs out first is first.
 */
export function queueItems({ pages, complete, changes, fits }: Read): readonly Approval[] {
  const items = new Map(pages.map((approval) => [approval.approvalId, approval]))
  const last = pages.at(-1)
  for (const [id, approval] of changes) {
    if (approval.status !== 'pending') items.delete(id)
    else if (
      items.has(id) ||
      (fits(approval) && (complete || (last !== undefined && byAge(approval, last) < 0)))
    )
      items.set(id, approval)
  }
  return [...items.values()].sort(complete ? byEnd : byAge)
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const byAge = (left: Approval, right: Approval): number =>
  compare(left.requestedAt, right.requestedAt) || compare(left.approvalId, right.approvalId)

const byEnd = (left: Approval, right: Approval): number =>
  compare(left.expiresAt, right.expiresAt) || compare(left.approvalId, right.approvalId)
