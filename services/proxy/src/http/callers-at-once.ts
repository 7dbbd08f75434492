import type { ServerResponse } from 'node:http'

/** How many requests of each gateway are under way, from their head to the end of the answer, bodies and streams alike. */
export class CallersAtOnce {
  readonly #max: number
  readonly #open = new Map<string, number>()

  constructor(maxPerGateway: number) {
    this.#max = maxPerGateway
  }

  /** Counts one more until its response closes; false when the gateway has as many as it may. */
  admit(gatewayId: string, response: ServerResponse): boolean {
    const open = this.#open.get(gatewayId) ?? 0
    if (open >= this.#max) return false
    this.#open.set(gatewayId, open + 1)
    response.once('close', () => this.#leave(gatewayId))
    return true
  }

  #leave(gatewayId: string): void {
    const open = this.#open.get(gatewayId) ?? 0
    if (open > 1) this.#open.set(gatewayId, open - 1)
    else this.#open.delete(gatewayId)
  }
}
