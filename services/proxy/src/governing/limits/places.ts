/** How many of something each gateway has at once. */
export class Places {
  readonly max: number
  readonly #taken = new Map<string, number>()

  constructor(maxPerGateway: number) {
    this.max = maxPerGateway
  }

  /** False when all are taken. Each one taken is given back with `leave`. */
  take(gatewayId: string): boolean {
    const taken = this.#taken.get(gatewayId) ?? 0
    if (taken >= this.max) return false
    this.#taken.set(gatewayId, taken + 1)
    return true
  }

  leave(gatewayId: string): void {
    const taken = this.#taken.get(gatewayId) ?? 0
    if (taken > 1) this.#taken.set(gatewayId, taken - 1)
    else this.#taken.delete(gatewayId)
  }
}
