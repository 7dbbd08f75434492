import type { JsonValue } from '@sallyport/jsonrpc'
import type { Action } from '../../domain/action.ts'
import { Slots } from '../limits/slots.ts'
import { Waiting } from './waiting.ts'

/** The calls that wait for a person in this process. */
export class HeldCalls {
  readonly #slots: Slots
  readonly #waiting = new Map<Waiting, Action>()
  #empty: (() => void) | undefined

  constructor(maxPerGateway: number) {
    this.#slots = new Slots(maxPerGateway)
  }

  get maxPerGateway(): number {
    return this.#slots.max
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Takes a slot of the gateway; false when all are taken. `freeSlot` gives it back. */
  takeSlot(gatewayId: string): boolean {
    return this.#slots.take(gatewayId)
  }

  freeSlot(gatewayId: string): void {
    this.#slots.free(gatewayId)
  }

  begin(call: Action): Waiting {
    const waiting = new Waiting()
    this.#waiting.set(waiting, call)
    return waiting
  }

  end(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    if (this.#waiting.size === 0) this.#empty?.()
  }

  /** `notifications/cancelled` for a held call: clients send it when they time out and may leave the stream open. */
  cancel(notification: Action, requestId: JsonValue): boolean {
    const key = keyOf(notification, requestId)
    return this.cancelWhere((held) => keyOf(held, held.id) === key)
  }

  /** Cancels the only held call that fits; false when none fits, or several do. */
  cancelWhere(fits: (call: Action) => boolean): boolean {
    const [only, ...more] = [...this.#waiting].filter(([, held]) => fits(held))
    // Without a session several clients may use one id, and it is not known whose call is meant.
    if (only === undefined || more.length > 0) return false
    only[0].interrupt('cancelled')
    return true
  }

  /** Each is asked about once: the decision service reads as far as the asker before it answers. */
  controlChanged(): void {
    for (const waiting of this.#waiting.keys()) waiting.controlChanged()
  }

  /** Ends every wait and resolves when its caller has been answered. */
  async stop(): Promise<void> {
    if (this.#waiting.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#empty = resolve
    for (const waiting of this.#waiting.keys()) waiting.interrupt('stopping')
    await promise
  }
}

function keyOf({ gateway, upstream, session }: Action, requestId: JsonValue): string {
  return JSON.stringify([gateway.id, upstream.name, session?.id ?? null, requestId])
}
