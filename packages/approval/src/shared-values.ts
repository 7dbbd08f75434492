/** So many different values are shared; beyond it those that come later share among themselves. */
const MOST = 10_000
const LONGEST = 512

/**
 * Keeps once what many approvals have in common, such as their gateway, stages and digests of tools: a hundred thousand of
 * them would else keep it as often. What it gives back is equal to what it was given, and must not be changed in place.
 */
export class SharedValues {
  readonly #texts = new Map<string, string>()
  readonly #values = new Map<string, unknown>()

  text<T extends string | null>(given: T): T {
    if (given === null || given.length > LONGEST) return given
    return once(this.#texts, given, given) as T
  }

  /** A value of JSON, with its members in the same order. */
  value<T>(given: T): T {
    const key = JSON.stringify(given)
    if (key === undefined || key.length > LONGEST) return given
    return once(this.#values, key, given) as T
  }
}

function once<T>(known: Map<string, T>, key: string, given: T): T {
  const before = known.get(key)
  if (before !== undefined) return before
  if (known.size >= MOST) known.clear()
  known.set(key, given)
  return given
}
