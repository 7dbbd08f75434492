import type { UpstreamFault } from '../../../domain/upstream-faults.ts'
import { UpstreamReceiver } from '../../../reaching/upstream-receiver.ts'

/** For a notification of the proxy's own: resolves with the status it was taken with, rejects with the fault. */
export class ToldReceiver extends UpstreamReceiver {
  readonly status: Promise<number>
  readonly #resolve: (status: number) => void
  readonly #reject: (fault: UpstreamFault) => void

  constructor() {
    super()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.status = promise
    this.#resolve = resolve
    this.#reject = reject
    promise.catch(() => {})
  }

  giveUp(fault: UpstreamFault): void {
    this.stop()
    this.#reject(fault)
  }

  protected override onHead(status: number): void {
    this.#resolve(status)
  }

  protected override onBytes(): void {
    this.stop()
  }

  protected override onEnd(): void {}

  protected override onFault(fault: UpstreamFault): void {
    this.#reject(fault)
  }
}
