import type { Approval, ApprovalStatus } from '@sallyport/approval'

export interface ListQuery {
  readonly status: ApprovalStatus | 'all'
  readonly gateway?: string | undefined
  readonly limit: number
  /** The id after which the page begins. */
  readonly after: string | null
}

export interface Page {
  readonly items: readonly Approval[]
  /** The id after which the next page begins; null at the end. */
  readonly next: string | null
}

/** A page, newest first: ids are UUIDv7, so their order is that of the requests and is the same on every instance. */
export function pageOf(approvals: Iterable<Approval>, { status, gateway, limit, after }: ListQuery): Page {
  const found: Approval[] = []
  for (const approval of approvals) {
    if (status !== 'all' && approval.status !== status) continue
    if (gateway !== undefined && approval.gateway.name !== gateway) continue
    if (after !== null && approval.approvalId >= after) continue
    found.push(approval)
  }
  found.sort((left, right) => (left.approvalId < right.approvalId ? 1 : -1))
  const items = found.slice(0, limit)
  return { items, next: found.length > limit ? (items.at(-1)?.approvalId ?? null) : null }
}
