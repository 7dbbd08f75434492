import { SettlingReceiver } from '../../../reaching/settling-receiver.ts'

/** For a notification of the proxy's own: the status it was taken with. */
export class ToldReceiver extends SettlingReceiver<number> {
  protected override onHead(status: number): void {
    this.settle(status)
  }
}
