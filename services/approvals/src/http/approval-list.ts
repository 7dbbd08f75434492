import type { Approval, ApprovalStatus } from '@sallyport/approval'

export interface ListQuery {
  readonly status: ApprovalStatus | 'all'
  readonly gateway?: string | undefined
  readonly limit: number
  /** The place after which the page begins. */
  readonly after: string | null
}

export interface Page {
  readonly items: readonly Approval[]
  /** The place after which the next page begins; null at the end. */
  readonly next: string | null
}

/** A page, newest first. A place never changes and is the same on every instance. */
export function pageOf(approvals: Iterable<Approval>, { status, gateway, limit, after }: ListQuery): Page {
  const found: { readonly place: string; readonly approval: Approval }[] = []
  for (const approval of approvals) {
    if (status !== 'all' && approval.status !== status) continue
    if (gateway !== undefined && approval.gateway.name !== gateway) continue
    const place = placeOf(approval)
    if (after === null || place < after) found.push({ place, approval })
  }
  found.sort((left, right) => (left.place < right.place ? 1 : -1))
  const page = found.slice(0, limit)
  const next = found.length > limit ? (page.at(-1)?.place ?? null) : null
  return { items: page.map(({ approval }) => approval), next }
}

/** By time, and by id where that is the same: ids made in one millisecond are in no order of their own. */
const placeOf = ({ requestedAt, approvalId }: Approval): string => `${requestedAt}/${approvalId}`
