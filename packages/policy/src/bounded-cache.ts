/**
 * Remembers at most 2 × `generation` results and forgets those not asked for lately: a full young generation
 * becomes the old one, and what is read from the old one moves up. Cheaper on a hit than an exact LRU.
 */
export class BoundedCache<Value> {
  readonly #generation: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()

  constructor(generation: number) {
    this.#generation = generation
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }
}
