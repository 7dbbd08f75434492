import type { EventLog, Offsets } from '@sallyport/event-log'

export interface FreshnessOptions {
  readonly log: EventLog
  readonly topic: string
  /** How far the fold has come. */
  readonly offsets: () => Offsets
  /** How often the log's end is asked for. */
  readonly everyMs: number
  readonly staleAfterMs: number
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** Tells when a fold can no longer be known to hold what the log holds. */
export interface Freshness {
  fault(): string | undefined
  /** One comparison; made by itself every `everyMs`. */
  check(): Promise<void>
  stop(): void
}

/**
 * A reader cut off from the log learns of nothing, also not that a kill switch was set. So the log's end is read
 * again and again, and a fold that has not been seen to reach one for `staleAfterMs` is stale.
 */
export function watchFreshness(options: FreshnessOptions): Freshness {
  const { log, topic, offsets, everyMs, staleAfterMs, now } = options
  let freshAt = now()
  let goal: { readonly readAt: number; readonly ends: Offsets } | undefined
  let askedAt: number | undefined

  const check = async () => {
    if (goal && reached(goal.ends, offsets())) {
      freshAt = goal.readAt
      goal = undefined
    }
    // An answer that never comes does not keep the next one from being asked for.
    if (goal || (askedAt !== undefined && now() - askedAt < staleAfterMs)) return
    const readAt = now()
    askedAt = readAt
    try {
      const ends = await log.ends(topic)
      if (reached(ends, offsets())) freshAt = Math.max(freshAt, readAt)
      else goal = { readAt, ends }
    } catch {
      // While the log does not answer, the state stays as old as it was.
    } finally {
      if (askedAt === readAt) askedAt = undefined
    }
  }
  const timer = setInterval(() => void check(), everyMs).unref()

  return {
    fault() {
      const age = now() - freshAt
      if (age <= staleAfterMs) return undefined
      return `control state was last known to be current ${Math.round(age / 1000)} s ago`
    },
    check,
    stop: () => clearInterval(timer),
  }
}

function reached(ends: Offsets, offsets: Offsets): boolean {
  return Object.entries(ends).every(
    ([partition, end]) => end === 0 || (offsets[Number(partition)] ?? 0) >= end,
  )
}
