import { CLOSE, type WrapperConnection } from './wrapper-connection.ts'

const LAST_MS = 300

/** Every `sallyport mcp` that is connected. */
export class WrapperConnections {
  readonly #open = new Set<WrapperConnection>()
  #idle: (() => void) | undefined

  get size(): number {
    return this.#open.size
  }

  add(connection: WrapperConnection): void {
    this.#open.add(connection)
  }

  delete(connection: WrapperConnection): void {
    this.#open.delete(connection)
    if (this.#open.size === 0) this.#idle?.()
  }

  review(): void {
    for (const connection of [...this.#open]) connection.review()
  }

  /** Messages written before still reach the wrappers. Then the wrappers look for another Sallyport. */
  async stop(): Promise<void> {
    if (this.#open.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#idle = resolve
    for (const connection of [...this.#open]) connection.close(CLOSE.goingAway)
    const timer = setTimeout(resolve, LAST_MS)
    await promise
    clearTimeout(timer)
    for (const connection of [...this.#open]) connection.terminate()
  }
}
