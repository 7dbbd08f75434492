/** A body of more bytes takes a noticeable part of a turn to decode, judge and record. */
const LARGE_BYTES = 64 * 1024

/**
 * Large messages are begun one in each turn of the event loop, by turns of the gateways that sent them. Otherwise all that
 * arrive together would be worked on in the same turn, and every small call, a kill switch too, would wait for them.
 */
export class LargeMessages {
  readonly #waiting = new Map<string, (() => void)[]>()

  /** Begins the work at once where the body is small, and otherwise when its turn comes. */
  begin(gatewayId: string, bytes: number, work: () => void): void {
    if (bytes <= LARGE_BYTES) {
      work()
      return
    }
    if (this.#waiting.size === 0) setImmediate(this.#next)
    const before = this.#waiting.get(gatewayId)
    if (before === undefined) this.#waiting.set(gatewayId, [work])
    else before.push(work)
  }

  #next = (): void => {
    const [first] = this.#waiting
    if (first === undefined) return
    const [gatewayId, works] = first
    const work = works.shift()
    // Behind all others, if it has more.
    this.#waiting.delete(gatewayId)
    if (works.length > 0) this.#waiting.set(gatewayId, works)
    if (this.#waiting.size > 0) setImmediate(this.#next)
    work?.()
  }
}
