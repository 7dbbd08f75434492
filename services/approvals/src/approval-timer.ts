import { type Approval, type Clock, clocksOf } from '@sallyport/approval'
import { DeadlineHeap } from './domain/deadline-heap.ts'
import type { Scheduler } from './scheduler.ts'

/** How long to wait before the log is asked again after it did not take what a clock says. */
const RETRY_MS = 1000

export interface ApprovalTimerOptions {
  readonly scheduler: Scheduler
  readonly clock: () => Date
  /** The approval as it stands now, if it is still known. */
  readonly find: (approvalId: string) => Approval | undefined
  /** Appends what the clock says. Rejects when the log did not take it. */
  readonly strike: (approval: Approval, what: Clock['what']) => Promise<unknown>
}

/** Sees to it that each open approval is reminded of, escalates and is over when its time has come. */
export interface ApprovalTimer {
  /** To be called with every open approval in each of its shapes; what is overdue strikes at once. */
  watch(approval: Approval): void
  stop(): void
}

/** One timer for the earliest of all clocks. Those of approvals that ended meanwhile are passed over when due. */
export function startApprovalTimer({ scheduler, clock, find, strike }: ApprovalTimerOptions): ApprovalTimer {
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
  /** Once it is over nothing else is said of it. */
  const strikeDue = (approval: Approval, now: number) => {
    const struck = clocksOf(approval).filter(({ at }) => Date.parse(at) <= now)
    const said = struck.some(({ what }) => what === 'end')
      ? (['end'] as const)
      : struck.map(({ what }) => what)
    for (const what of said) strike(approval, what).catch(() => add(approval.approvalId, now + RETRY_MS))
  }
  const fire = () => {
    armed = undefined
    const now = clock().getTime()
    for (let due = heap.popDue(now); due; due = heap.popDue(now)) {
      const approval = find(due.approvalId)
      if (approval) strikeDue(approval, now)
    }
    arm()
  }

  return {
    watch(approval) {
      for (const { at } of clocksOf(approval)) add(approval.approvalId, Date.parse(at))
    },
    stop() {
      stopped = true
      armed?.cancel()
    },
  }
}
