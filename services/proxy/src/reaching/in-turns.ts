import { setImmediate as nextTurn } from 'node:timers/promises'

/** A long work that says after each step that it could be interrupted. */
export type Steps<T> = Generator<void, T>

/** Reading more bytes, or more units of text, takes so long that it is done in turns. */
export const LONG_TEXT = 256 * 1024

/** Beyond so many milliseconds others have their turn first. */
const TURN_MS = 4

/** All of the work; whoever else waits has a turn whenever one has taken long, before the result is used too. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  let began = performance.now()
  for (;;) {
    const { done, value } = steps.next()
    if (performance.now() - began >= TURN_MS) {
      await nextTurn()
      began = performance.now()
    }
    if (done) return value
  }
}
