/** Slots of each gateway: how many of something it may have at once. */
export class Slots {
  readonly max: number
  readonly #taken = new Map<string, number>()

  constructor(maxPerGateway: number) {
    this.max = maxPerGateway
  }

  /** False when all are taken. `free` gives one back. */
  take(gatewayId: string): boolean {
    const taken = this.#taken.get(gatewayId) ?? 0
    if (taken >= this.max) return false
    this.#taken.set(gatewayId, taken + 1)
    return true
  }

  free(gatewayId: string): void {
    const taken = this.#taken.get(gatewayId) ?? 0
    if (taken > 1) this.#taken.set(gatewayId, taken - 1)
    else this.#taken.delete(gatewayId)
  }
}
