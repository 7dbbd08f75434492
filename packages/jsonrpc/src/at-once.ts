/** All of a work that could be done in steps, in one turn: for what is known to be short. */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
