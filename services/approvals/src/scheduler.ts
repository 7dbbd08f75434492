/** Calls back after a time; what it returns takes that back. Injected, so that tests own the time. */
export interface Scheduler {
  after(ms: number, callback: () => void): () => void
}

/** Longer waits overflow Node's timers; a caller that is woken early looks at the clock and waits again. */
const LONGEST_MS = 24 * 60 * 60 * 1000

export const systemScheduler: Scheduler = {
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), LONGEST_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
