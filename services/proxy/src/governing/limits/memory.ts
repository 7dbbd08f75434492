/** The memory of one exchange: its request until it is answered, its answer until the agent has read it. */
export interface MemoryShare {
  /** Says how many bytes it has from now on. False, and nothing is changed, when there is no room for more. */
  hold(bytes: number): boolean
  release(): void
}

/**
 * Bytes of requests and answers that all exchanges have in memory together. A gateway gets no more than its part. So a
 * gateway that sends slowly, or does not read its answers, does not keep another one out.
 */
export class Memory {
  readonly #max: number
  readonly #maxPerGateway: number
  readonly #gateways = new Map<string, number>()
  #total = 0

  constructor(max: number, maxPerGateway: number) {
    this.#max = max
    this.#maxPerGateway = maxPerGateway
  }

  get bytes(): number {
    return this.#total
  }

  share(gatewayId: string): MemoryShare {
    let held = 0
    return {
      hold: (bytes) => {
        if (!this.#grow(gatewayId, bytes - held)) return false
        held = bytes
        return true
      },
      release: () => {
        this.#grow(gatewayId, -held)
        held = 0
      },
    }
  }

  #grow(gatewayId: string, by: number): boolean {
    if (by === 0) return true
    const own = (this.#gateways.get(gatewayId) ?? 0) + by
    if (by > 0 && (own > this.#maxPerGateway || this.#total + by > this.#max)) return false
    this.#total += by
    if (own > 0) this.#gateways.set(gatewayId, own)
    else this.#gateways.delete(gatewayId)
    return true
  }
}
