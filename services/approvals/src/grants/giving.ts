import { type Approval, grantDue } from '@sallyport/approval'
import type { Scheduler } from '../scheduler.ts'

/** How long whoever took the last vote has to give the grant before every instance does. */
const PATIENCE_MS = 2000

export interface GivingOptions {
  readonly scheduler: Scheduler
  readonly find: (approvalId: string) => Approval | undefined
  /** Appends the grant. Rejects when the log did not take it. */
  readonly give: (due: NonNullable<ReturnType<typeof grantDue>>) => Promise<unknown>
}

/** Sees to it that what the votes have given is given, also where whoever took the last of them is gone. */
export interface Giving {
  /** To be called with each approval in each of its shapes. */
  watch(approval: Approval): void
  stop(): void
}

export function startGiving({ scheduler, find, give }: GivingOptions): Giving {
  const waiting = new Map<string, () => void>()
  let stopped = false

  const later = (approvalId: string) => {
    if (stopped || waiting.has(approvalId)) return
    const cancel = scheduler.after(PATIENCE_MS, () => {
      waiting.delete(approvalId)
      const approval = find(approvalId)
      const due = approval && grantDue(approval)
      if (due !== undefined) give(due).catch(() => later(approvalId))
    })
    waiting.set(approvalId, cancel)
  }

  return {
    watch(approval) {
      if (grantDue(approval) !== undefined) later(approval.approvalId)
    },
    stop() {
      stopped = true
      for (const cancel of waiting.values()) cancel()
    },
  }
}
