import type { Alternative } from './denial-shape.ts'

/** How often exactly this action was denied lately, and how it is told. */
export interface Repeat {
  readonly times: number
  /** `paused`: the agent is to leave it alone for `pauseMs`. */
  readonly told: 'whole' | 'short' | 'paused'
  readonly pauseMs: number
}

/** What is known of a denial beside its verdict: what the agent can do in its place. */
export interface Guidance {
  readonly allowed: readonly Alternative[]
  /** The tool with which the agent can ask for access; null where it is not offered. */
  readonly askWith: string | null
  readonly repeat: Repeat
}

export const FIRST_TIME: Repeat = { times: 1, told: 'whole', pauseMs: 0 }
export const NO_GUIDANCE: Guidance = { allowed: [], askWith: null, repeat: FIRST_TIME }
