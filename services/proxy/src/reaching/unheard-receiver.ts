import type { UpstreamFault } from '../domain/upstream-faults.ts'
import { UpstreamReceiver } from './upstream-receiver.ts'

/** For what is sent upstream and needs no answer. */
export class UnheardReceiver extends UpstreamReceiver {
  protected override onHead(): void {}
  protected override onBytes(): void {
    this.stop()
  }
  protected override onEnd(): void {}
  protected override onFault(_fault: UpstreamFault): void {}
}
