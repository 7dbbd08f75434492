import type { Scheduler } from '../scheduler.ts'

/** A clock and a scheduler that move only when the test says so. */
export interface ManualTime extends Scheduler {
  clock(): Date
  /** Moves on and runs what became due on the way, in order. */
  advance(ms: number): void
  /** How many callbacks wait. */
  waiting(): number
  /** Resolves as soon as a callback waits. */
  scheduled(): Promise<void>
}

export function manualTime(start = Date.UTC(2026, 10, 21, 9)): ManualTime {
  let now = start
  const due = new Set<{ at: number; callback: () => void }>()
  const sleepers: (() => void)[] = []
  const next = (until: number) => {
    const ready = [...due].filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)
    return ready[0]
  }
  return {
    clock: () => new Date(now),
    waiting: () => due.size,
    scheduled() {
      if (due.size > 0) return Promise.resolve()
      return new Promise((resolve) => sleepers.push(resolve))
    },
    after(ms, callback) {
      const entry = { at: now + Math.max(ms, 0), callback }
      due.add(entry)
      for (const wake of sleepers.splice(0)) wake()
      return () => due.delete(entry)
    },
    advance(ms) {
      const until = now + ms
      for (let entry = next(until); entry; entry = next(until)) {
        due.delete(entry)
        now = Math.max(now, entry.at)
        entry.callback()
      }
      now = until
    },
  }
}
