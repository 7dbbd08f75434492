import type { UpstreamFault } from '../domain/upstream-faults.ts'
import { UpstreamReceiver } from './upstream-receiver.ts'

/** Makes one value of the head of an answer, and lets the rest go. */
export abstract class SettlingReceiver<T> extends UpstreamReceiver {
  /** Rejects with the fault. */
  readonly settled: Promise<T>
  readonly #resolve: (value: T) => void
  readonly #reject: (fault: UpstreamFault) => void

  constructor() {
    super()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.settled = promise
    this.#resolve = resolve
    this.#reject = reject
    promise.catch(() => {})
  }

  giveUp(fault: UpstreamFault): void {
    this.stop()
    this.#reject(fault)
  }

  protected settle(value: T): void {
    this.#resolve(value)
  }

  protected override onBytes(): void {
    this.stop()
  }

  protected override onEnd(): void {}

  protected override onFault(fault: UpstreamFault): void {
    this.#reject(fault)
  }
}
