import type { Approval } from '@sallyport/approval'

export interface ApprovalMessage {
  readonly approvalId: string
  /** Undefined once it is forgotten. */
  readonly approval: Pick<Approval, 'status'> | undefined
  /** A `Last-Event-ID` of the stream: what follows it is what came after this change. */
  readonly id: string
}

/**
 * What goes with the signal of a change, as JSON: `approvalId`, `status` and `id`. Anybody on the bus may read it or send
 * one like it, so nothing of the call is in it and it is only a reason to ask the API.
 */
export function approvalMessage({ approvalId, approval, id }: ApprovalMessage): string {
  return JSON.stringify({ approvalId, status: approval?.status ?? null, id })
}
