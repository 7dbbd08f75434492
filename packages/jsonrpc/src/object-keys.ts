/** Above this many keys a set finds a repeated one faster than comparing each. */
const FEW = 12

/** Of longer objects only so many keys are remembered for the next one. */
const MOST_REMEMBERED = 64

/**
 * The keys of the object that is being read at one depth, each of which may come once. Rows of a table have the same
 * keys in the same order. The keys of the object before were found to differ from each other, so an object that
 * repeats them needs no more than a comparison token by token.
 */
export class ObjectKeys {
  /** Whether every key so far was the one that the last object had in its place. */
  #repeating = true
  /** Tokens of the last object, quotes included; none of them has an escape. */
  #known = 0
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** The keys of this object, when they are not the same as those of the last one. */
  #count = 0
  readonly #names: string[] = []
  #many: Set<string> | undefined

  begin(): void {
    this.#repeating = true
    this.#count = 0
    this.#many = undefined
  }

  /** Behind the token at `at`, when it is the one the last object had as its key number `index`; else 0. */
  endOfRepeated(codes: Uint16Array, at: number, index: number): number {
    if (!this.#repeating || index >= this.#known) return 0
    const start = this.#starts[index] as number
    const end = this.#ends[index] as number
    // The closing quote is compared too, so that the token ends where the known one does.
    for (let i = start, j = at; i < end; i++, j++) if (codes[i] !== codes[j]) return 0
    return at + end - start
  }

  /** Takes up key number `index`, which is not a repeated one; false when the object had it already. */
  add(text: string, name: string, index: number): boolean {
    if (this.#repeating) {
      this.#repeating = false
      this.#known = Math.min(this.#known, index)
      for (let i = 0; i < index; i++)
        this.#take(text.slice((this.#starts[i] as number) + 1, (this.#ends[i] as number) - 1))
    }
    return this.#take(name)
  }

  /** Lets the next object repeat the token, which has no escape, as its key number `index`. */
  remember(start: number, end: number, index: number): void {
    if (index !== this.#known || index >= MOST_REMEMBERED) return
    this.#starts[index] = start
    this.#ends[index] = end
    this.#known++
  }

  #take(name: string): boolean {
    if (this.#many !== undefined) return this.#many.size < this.#many.add(name).size
    for (let i = 0; i < this.#count; i++) if (this.#names[i] === name) return false
    this.#names[this.#count++] = name
    if (this.#count === FEW) this.#many = new Set(this.#names)
    return true
  }
}
