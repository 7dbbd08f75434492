import { BoundedMap } from '@sallyport/runtime'
import { FIRST_TIME, type Repeat } from '../../domain/guidance.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Exchange } from '../exchange.ts'

export interface RepeatTimes {
  /** From so many denials of one call on, its agent is told with few words. */
  readonly shortAfter: number
  /** From so many on, it is told to pause; 0 for never. */
  readonly pauseAfter: number
  /** The first pause. Each further one is twice as long, up to `LONGEST_PAUSE_MS`. */
  readonly pauseMs: number
}

/** One call that was denied again and again, told of once. */
export interface Repeating {
  readonly times: number
  readonly since: Date
  readonly pauseMs: number
}

interface Denied {
  readonly times: number
  readonly since: number
  readonly at: number
  readonly pausedUntil: number
  readonly pauseMs: number
}

/** So many different calls are remembered; beyond it the one that was denied longest ago is forgotten. */
const MOST = 10_000
const FORGOTTEN_MS = 10 * 60_000
const LONGEST_PAUSE_MS = 5 * 60_000

/**
 * The denials of calls that agents repeat unchanged. It changes only how a denial is told: each call is judged before
 * this is asked, so that one which is permitted meanwhile goes on at once. Each process counts what it has told.
 */
export class Repeats {
  readonly #times: RepeatTimes
  readonly #denied = new BoundedMap<string, Denied>(MOST)

  constructor(times: RepeatTimes) {
    this.#times = times
  }

  get size(): number {
    return this.#denied.size
  }

  /**
   * Counts a denial of this call. `repeating`: it is to be paused, for the first time. A fault is not counted, nor is a
   * limit that passes by itself.
   */
  deny(
    exchange: Pick<Exchange, 'call' | 'evidence'>,
    { fault, by }: Pick<ActionVerdict, 'fault' | 'by'>,
    now: Date,
  ): { readonly repeat: Repeat; readonly repeating?: Repeating } {
    const { shortAfter, pauseAfter } = this.#times
    if (pauseAfter === 0 || fault !== null || by === 'limit') return { repeat: FIRST_TIME }
    const at = now.getTime()
    const key = keyOf(exchange)
    const known = this.#denied.get(key)
    const before = known !== undefined && at - known.at < FORGOTTEN_MS ? known : undefined
    const times = (before?.times ?? 0) + 1
    const denied = { times, since: before?.since ?? at, at, ...this.#pause(before, times, at) }
    this.#denied.set(key, denied)
    const pauseMs = Math.max(0, denied.pausedUntil - at)
    if (times < pauseAfter)
      return { repeat: { times, told: times < shortAfter ? 'whole' : 'short', pauseMs: 0 } }
    const repeat = { times, told: 'paused', pauseMs } as const
    return times === pauseAfter
      ? { repeat, repeating: { times, since: new Date(denied.since), pauseMs } }
      : { repeat }
  }

  #pause(before: Denied | undefined, times: number, at: number): Pick<Denied, 'pausedUntil' | 'pauseMs'> {
    const { pauseAfter, pauseMs } = this.#times
    if (times < pauseAfter) return { pausedUntil: 0, pauseMs: 0 }
    if (before !== undefined && before.pausedUntil > at)
      return { pausedUntil: before.pausedUntil, pauseMs: before.pauseMs }
    const next = Math.min(
      before === undefined || before.pauseMs === 0 ? pauseMs : before.pauseMs * 2,
      LONGEST_PAUSE_MS,
    )
    return { pausedUntil: at + next, pauseMs: next }
  }
}

function keyOf({ call, evidence }: Pick<Exchange, 'call' | 'evidence'>): string {
  const { gateway, upstream, recordedAction, method } = call
  return JSON.stringify([gateway.id, upstream.id, recordedAction, method, evidence.argsDigest])
}
