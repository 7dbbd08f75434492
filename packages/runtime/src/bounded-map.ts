/**
 * A map that keeps at most so many entries: setting one more drops the entry that was set longest ago. Reading an entry
 * does not renew it, setting it again does.
 */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number
  /** Stands where the last entry was dropped. From the beginning it would pass over all holes that V8 has not closed yet. */
  #oldest = this.keys()
  #setSinceBeginning = 0

  /** Throws a RangeError unless `most` is a positive integer. */
  constructor(most: number, entries: Iterable<readonly [Key, Value]> = []) {
    super()
    if (!Number.isSafeInteger(most) || most < 1) throw new RangeError(`a map cannot keep ${most} entries`)
    this.#most = most
    for (const [key, value] of entries) this.set(key, value)
  }

  override set(key: Key, value: Value): this {
    this.delete(key)
    super.set(key, value)
    this.#setSinceBeginning += 1
    if (this.#setSinceBeginning > this.#most) this.#beginAgain()
    if (this.size > this.#most) this.#dropOldest()
    return this
  }

  /** An iterator that is not asked keeps every table alive that the map has had since. */
  #beginAgain(): void {
    this.#oldest = this.keys()
    this.#setSinceBeginning = 0
  }

  #dropOldest(): void {
    const oldest = this.#oldest.next()
    if (!oldest.done) this.delete(oldest.value)
  }
}
