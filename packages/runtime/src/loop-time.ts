const SHORTEST_STEP_MS = 10

/** How often a clock of the event loop's time is looked at, to find a deadline to a hundredth. */
export function loopStepMs(deadlineMs: number): number {
  return Math.max(SHORTEST_STEP_MS, deadlineMs / 100)
}

/**
 * Runs `late` once the event loop has had so many milliseconds. Time in which the process was stopped, or held by one long
 * piece of work, does not count: what arrived meanwhile waits to be read, and is read first. Returns what takes it back.
 */
export function afterLoopTime(ms: number, late: () => void): () => void {
  const stepMs = Math.min(ms, loopStepMs(ms))
  const clock = new LoopClock(stepMs)
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const wait = () => {
    timer = setTimeout(() => {
      // After the phase in which sockets are read.
      turn = setImmediate(() => (clock.tick() >= ms ? late() : wait()))
    }, stepMs)
  }
  wait()
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}

/** Milliseconds that the event loop had, for whoever looks at it once a step: a longer silence counts as two steps. */
export class LoopClock {
  readonly #stepMs: number
  #ran = 0
  #lastTick = performance.now()

  constructor(stepMs: number) {
    this.#stepMs = stepMs
  }

  now(): number {
    return this.#ran + Math.min(performance.now() - this.#lastTick, 2 * this.#stepMs)
  }

  /** Counts the step that has just ended, and gives the time. */
  tick(): number {
    this.#ran = this.now()
    this.#lastTick = performance.now()
    return this.#ran
  }
}
