/**
 * Messages between two processes, in the order that a test chooses. A request is under way until a gate opens, and its
 * answer until another gate opens.
 */
export class Gates {
  #shut: { readonly owner: string; readonly open: () => void }[] = []

  get size(): number {
    return this.#shut.length
  }

  async through<T>(owner: string, work: () => T | Promise<T>): Promise<T> {
    await this.#gate(owner)
    try {
      return await work()
    } finally {
      await this.#gate(owner)
    }
  }

  /** Lets one thing happen. */
  open(index: number): void {
    const [gate] = this.#shut.splice(index % this.#shut.length, 1)
    gate?.open()
  }

  /** The process is gone. Its requests may have been carried out, and nobody hears of it. */
  forget(owner: string): void {
    this.#shut = this.#shut.filter((gate) => gate.owner !== owner)
  }

  #gate(owner: string): Promise<void> {
    return new Promise((resolve) => void this.#shut.push({ owner, open: resolve }))
  }
}
