import { type Approval, deadlineOf } from '@sallyport/approval'
import { DeadlineHeap } from './domain/deadline-heap.ts'
import type { Scheduler } from './scheduler.ts'

/** How long to wait before the log is asked again after it did not take an expiry. */
const RETRY_MS = 1000

export interface ExpiryTimerOptions {
  readonly scheduler: Scheduler
  readonly clock: () => Date
  /** The approval as it stands now, if it is still known. */
  readonly find: (approvalId: string) => Approval | undefined
  /** Appends the expiry. Rejects when the log did not take it. */
  readonly expire: (approval: Approval) => Promise<unknown>
}

/** Sees to it that each open approval is told to be over once it is. */
export interface ExpiryTimer {
  /** To be called with every open approval in each of its shapes; one that is overdue is expired at once. */
  watch(approval: Approval): void
  stop(): void
}

/** One timer for the earliest of all deadlines. Those of approvals that ended meanwhile are passed over when due. */
export function startExpiryTimer({ scheduler, clock, find, expire }: ExpiryTimerOptions): ExpiryTimer {
  const heap = new DeadlineHeap()
  let armed: { readonly at: number; readonly cancel: () => void } | undefined
  let stopped = false

  const arm = () => {
    const next = heap.peek()
    if (stopped || !next || (armed && armed.at <= next.at)) return
    armed?.cancel()
    armed = { at: next.at, cancel: scheduler.after(next.at - clock().getTime(), fire) }
  }
  const add = (approvalId: string, at: number) => {
    heap.push({ at, approvalId })
    arm()
  }
  const fire = () => {
    armed = undefined
    const now = clock().getTime()
    for (let due = heap.popDue(now); due; due = heap.popDue(now)) {
      const approval = find(due.approvalId)
      const deadline = approval && deadlineOf(approval)
      if (!approval || !deadline || Date.parse(deadline) > now) continue
      expire(approval).catch(() => add(approval.approvalId, now + RETRY_MS))
    }
    arm()
  }

  return {
    watch(approval) {
      const deadline = deadlineOf(approval)
      if (deadline !== null) add(approval.approvalId, Date.parse(deadline))
    },
    stop() {
      stopped = true
      armed?.cancel()
    },
  }
}
