/** Something that is due at an instant (milliseconds since the epoch). */
export interface Deadline {
  readonly at: number
  readonly approvalId: string
}

/** A binary min-heap: the earliest deadline first, O(log n) to add and to take. */
export class DeadlineHeap {
  readonly #items: Deadline[] = []

  peek(): Deadline | undefined {
    return this.#items[0]
  }

  push(deadline: Deadline): void {
    let index = this.#items.push(deadline) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#at(parent) <= deadline.at) break
      this.#swap(index, parent)
      index = parent
    }
  }

  /** Takes the earliest if it is due at `now`. */
  popDue(now: number): Deadline | undefined {
    const first = this.#items[0]
    if (!first || first.at > now) return undefined
    const last = this.#items.pop()
    if (last && this.#items.length > 0) {
      this.#items[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const smaller = this.#at(left + 1) < this.#at(left) ? left + 1 : left
      if (this.#at(index) <= this.#at(smaller)) return
      this.#swap(index, smaller)
      index = smaller
    }
  }

  #at(index: number): number {
    return this.#items[index]?.at ?? Number.POSITIVE_INFINITY
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#items[left], this.#items[right]]
    if (!a || !b) return
    this.#items[left] = b
    this.#items[right] = a
  }
}
